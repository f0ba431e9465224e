/** Which blobs the store's manifests name: those that must not be removed. */
import { CorralError } from '../core/corral-error.ts';
import type { Digest } from '../formats/digest.ts';
import { maxManifestBytes, parseManifest } from '../formats/model-manifest.ts';
import { listManifests } from './find-manifests.ts';
import { readSmallFile } from './read-small-file.ts';
import { isAbsent, readFault } from './store-fault.ts';

/** Throws `store_read` when anything that may be a manifest can't be read: what it names is unknown then. */
export async function namedDigests(modelsDir: string): Promise<Set<Digest>> {
  const named = new Set<Digest>();
  const files = await listManifests(modelsDir, refuse, (parts) => refuse(parts));
  for (const { path, name } of files) {
    try {
      const { bytes } = await readSmallFile(path, maxManifestBytes);
      const { config, layers } = parseManifest(bytes);
      for (const { digest } of [config, ...layers]) named.add(digest);
    } catch (error) {
      // Deleted since the folder was read.
      if (!isAbsent(error)) throw readFault(`the manifest of ${name.model}:${name.tag}`, error);
    }
  }
  return named;
}

function refuse(parts: readonly string[], fault?: unknown): never {
  throw new CorralError('store_read', `'${parts.join('/')}' among the manifests is none`, { cause: fault });
}
