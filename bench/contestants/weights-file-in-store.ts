/** Finds a model's weights in a store of Ollama's layout: manifests/HOST/NAMESPACE/MODEL/TAG names the blob. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const weightsType = 'application/vnd.ollama.image.model';

interface StoredManifest {
  readonly layers?: readonly { readonly mediaType?: string; readonly digest?: string }[];
}

/** Throws if the store has no such model, or the model no weights of its own. */
export function weightsFileInStore(store: string, name: string): string {
  const [place = '', tag = 'latest'] = name.split(/:(?=[^/]*$)/);
  const parts = place.split('/');
  if ([...parts, tag].some((part) => !/^\w[\w.:-]*$/.test(part))) throw new Error(`"${name}" is no model's name`);
  const folders = ['registry.ollama.ai', 'library'].slice(0, Math.max(0, 3 - parts.length));
  const manifest = readManifest(path.join(store, 'manifests', ...folders, ...parts, tag), name);
  const digest = manifest.layers?.find(({ mediaType }) => mediaType === weightsType)?.digest ?? '';
  if (!/^sha256:[\da-f]{64}$/.test(digest)) throw new Error(`the model "${name}" has no weights`);
  return path.join(store, 'blobs', digest.replace(':', '-'));
}

function readManifest(file: string, name: string): StoredManifest {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StoredManifest;
  } catch (cause) {
    throw new Error(`there is no file and no model "${name}" in the store`, { cause });
  }
}
