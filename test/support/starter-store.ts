/** A store of its own that holds the starter models, their weights linked instead of copied, and the writing side of it. */
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSettings } from '../../src/config/read-settings.ts';
import { silentLogger } from '../../src/core/logger.ts';
import type { Quantise } from '../../src/engine/quantiser.ts';
import type { Digest } from '../../src/formats/digest.ts';
import { createRegistryClient } from '../../src/registry/registry-client.ts';
import { createBlobStore } from '../../src/store/create-blob-store.ts';
import { createManifestStore } from '../../src/store/create-manifest-store.ts';
import { openModelStore } from '../../src/store/model-store.ts';
import { says, scriptedPool, scriptedRunner } from '../../src/usecases/test-runner.ts';
import type { UseCaseParts } from '../../src/usecases/use-case-parts.ts';
import { hashProgram } from './hash-program.ts';

export const starterDir = fileURLToPath(new URL('../../starter', import.meta.url));

export interface StarterStore {
  readonly modelsDir: string;
  readonly parts: UseCaseParts;
  /** Takes a file in as an uploaded blob. */
  upload(bytes: Uint8Array): Promise<Digest>;
  blobFiles(): Promise<string[]>;
  remove(): Promise<void>;
}

export async function starterStore(
  quantise: Quantise,
  environment: Readonly<Record<string, string>> = {},
): Promise<StarterStore> {
  const modelsDir = await mkdtemp(path.join(tmpdir(), 'corral-create-'));
  await cp(path.join(starterDir, 'manifests'), path.join(modelsDir, 'manifests'), { recursive: true });
  const blobsDir = path.join(modelsDir, 'blobs');
  await mkdir(blobsDir);
  for (const name of await readdir(path.join(starterDir, 'blobs'))) {
    await symlink(path.join(starterDir, 'blobs', name), path.join(blobsDir, name));
  }
  const logger = silentLogger;
  const blobs = createBlobStore({ modelsDir, logger, hashProgram });
  const { settings } = readSettings({ OLLAMA_MODELS: modelsDir, ...environment }, '/nonexistent');
  const parts: UseCaseParts = {
    store: openModelStore({ modelsDir, logger }),
    blobs,
    manifests: createManifestStore({ modelsDir, blobs, noPrune: false, logger }),
    pool: scriptedPool(scriptedRunner(says(['nothing']))),
    quantise,
    settings,
    logger,
    registry: createRegistryClient(settings, '9.9.9'),
  };
  return {
    modelsDir,
    parts,
    async upload(bytes) {
      const hold = await blobs.hold();
      const { digest } = await blobs.write(once(bytes), { hold, signal: new AbortController().signal });
      await hold.release();
      return digest;
    },
    blobFiles: () => readdir(blobsDir),
    remove: () => rm(modelsDir, { recursive: true, force: true }),
  };
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
