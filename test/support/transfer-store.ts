/** A store in a temporary folder with the use cases' parts for pull and push, and models for the test registry. */
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../src/config/read-settings.ts';
import { silentLogger } from '../../src/core/logger.ts';
import type { DownloadTiming } from '../../src/registry/download-blob.ts';
import { createRegistryClient } from '../../src/registry/registry-client.ts';
import { createBlobStore } from '../../src/store/create-blob-store.ts';
import { createManifestStore } from '../../src/store/create-manifest-store.ts';
import { openModelStore } from '../../src/store/model-store.ts';
import { pullModel, type PullParts } from '../../src/usecases/pull-model.ts';
import type { UpdateEvent, UpdateParts } from '../../src/usecases/update-models.ts';
import { hashProgram } from './hash-program.ts';
import { digestOf, type RegistryServer } from './registry-server.ts';

export interface TransferStore {
  readonly modelsDir: string;
  readonly homeDir: string;
  readonly parts: PullParts & UpdateParts;
  /** All events, or what was thrown with the events before. */
  readonly pull: (model: string, insecure?: boolean) => Promise<PullOutcome>;
  /** Files under `blobs/`, and those of them that are whole blobs with the right digest. */
  blobFiles(): Promise<{ readonly names: readonly string[]; readonly whole: readonly string[] }>;
  remove(): Promise<void>;
}

export interface PullOutcome {
  readonly events: readonly UpdateEvent[];
  readonly error: Error | undefined;
}

const hastyTiming: DownloadTiming = { retries: { tries: 6, firstWaitMs: 2 }, stallMs: 300, windowMs: 50 };

export async function transferStore(environment: Readonly<Record<string, string>> = {}): Promise<TransferStore> {
  const folder = await mkdtemp(join(tmpdir(), 'corral-transfer-'));
  const { settings } = readSettings(environment, folder);
  const { modelsDir, homeDir, noPrune } = settings;
  const logger = silentLogger;
  const blobs = createBlobStore({ modelsDir, logger, hashProgram });
  const manifests = createManifestStore({ modelsDir, blobs, noPrune, logger });
  const registry = createRegistryClient(settings, '9.9.9', hastyTiming);
  const parts = { blobs, manifests, registry, logger, store: openModelStore({ modelsDir, logger }) };
  const blobsFolder = join(modelsDir, 'blobs');
  return {
    modelsDir,
    homeDir,
    parts,
    pull: (model, insecure = true) => collect(pullModel({ model, insecure }, parts, new AbortController().signal)),
    async blobFiles() {
      const names = await readdir(blobsFolder).catch(() => []);
      const blobNames = names.filter((name) => /^sha256-[0-9a-f]{64}$/.test(name));
      const whole: string[] = [];
      for (const name of blobNames) {
        if (digestOf(await readFile(join(blobsFolder, name))) === name.replace('-', ':')) whole.push(name);
      }
      return { names, whole };
    },
    async remove() {
      await registry.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function collect(events: AsyncIterable<UpdateEvent>): Promise<PullOutcome> {
  const seen: UpdateEvent[] = [];
  try {
    for await (const event of events) seen.push(event);
    return { events: seen, error: undefined };
  } catch (error) {
    return { events: seen, error: error as Error };
  }
}

export interface PublishedModel {
  readonly name: string;
  readonly manifest: Buffer;
  readonly manifestDigest: string;
  readonly weights: Buffer;
  readonly weightsDigest: string;
  readonly totalBytes: number;
}

/** Puts a model with `weightBytes` of noise into a registry; `claim` changes what its manifest says. */
export function publish(
  registry: RegistryServer,
  weightBytes: number,
  { repository = 'test/model', tag = 'latest', claimedBytes = weightBytes } = {},
): PublishedModel {
  const weights = randomFillSync(Buffer.alloc(weightBytes));
  const config = Buffer.from(JSON.stringify({ model_format: 'gguf', model_family: 'llama', made: tag }));
  const system = Buffer.from('Be brief.');
  const layer = (mediaType: string, bytes: Buffer, size = bytes.length) => {
    registry.blobs.set(digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size };
  };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: layer('application/vnd.docker.container.image.v1+json', config),
      layers: [
        layer('application/vnd.ollama.image.model', weights, claimedBytes),
        layer('application/vnd.ollama.image.system', system),
      ],
    }),
  );
  registry.manifests.set(`${repository}:${tag}`, manifest);
  return {
    name: `${registry.host}/${repository}:${tag}`,
    manifest,
    manifestDigest: createHash('sha256').update(manifest).digest('hex'),
    weights,
    weightsDigest: digestOf(weights),
    totalBytes: weights.length + config.length + system.length,
  };
}
