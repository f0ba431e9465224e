/** For tests: a store in a folder of its own, with its writing side, and what lies in it. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../core/logger.ts';
import type { Digest } from '../formats/digest.ts';
import type { BlobReference, BlobStore } from './blob-store.ts';
import { createBlobStore } from './create-blob-store.ts';
import { createManifestStore } from './create-manifest-store.ts';
import type { ManifestStore } from './manifest-store.ts';
import { blobPath } from './store-layout.ts';

export interface StoreFolder {
  readonly modelsDir: string;
  readonly blobs: BlobStore;
  readonly manifests: ManifestStore;
  /** A blob with these contents. */
  add(text: string): Promise<BlobReference>;
  /** File names in `blobs/`, in order. */
  blobFiles(): Promise<string[]>;
  /** Paths of all files below `manifests/`, in order. */
  manifestFiles(): Promise<string[]>;
  remove(): Promise<void>;
}

/** In a new folder inside `parent`. */
export async function storeFolder({ noPrune = false, parent = tmpdir() } = {}): Promise<StoreFolder> {
  const modelsDir = await mkdtemp(join(parent, 'corral-store-'));
  const logger = silentLogger;
  const blobs = createBlobStore({ modelsDir, logger });
  return {
    modelsDir,
    blobs,
    manifests: createManifestStore({ modelsDir, blobs, noPrune, logger }),
    async add(text) {
      const hold = await blobs.hold();
      const added = await blobs.write(textStream(text), { hold, signal: new AbortController().signal });
      await hold.release();
      return added;
    },
    blobFiles: () => filesIn(join(modelsDir, 'blobs')),
    manifestFiles: () => filesIn(join(modelsDir, 'manifests')),
    remove: () => rm(modelsDir, { recursive: true, force: true }),
  };
}

export function digestOf(text: string | Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** A manifest as Ollama writes it. */
export function manifestBytes(config: BlobReference, layers: readonly BlobReference[]): Buffer {
  const part = (kind: string, { digest, sizeBytes }: BlobReference) => ({ mediaType: kind, digest, size: sizeBytes });
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: part('application/vnd.docker.container.image.v1+json', config),
    layers: layers.map((layer) => part('application/vnd.ollama.image.system', layer)),
  };
  return Buffer.from(JSON.stringify(manifest) + '\n');
}

/** The text in pieces of `size` bytes. */
export async function* textStream(text: string, size = 3): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Makes a blob look as if it had been written `ageMs` ago. */
export async function age(modelsDir: string, digest: Digest, ageMs: number): Promise<void> {
  const then = new Date(Date.now() - ageMs);
  await utimes(blobPath(modelsDir, digest), then, then);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}
