/** Where things lie under the models folder: the layout Ollama uses, so that one store serves both. */
import { join } from 'node:path';
import { blobFileName, type Digest } from '../formats/digest.ts';
import { manifestPathParts, type ModelName } from '../formats/model-name.ts';

/** `manifests/<host>/<namespace>/<model>/<tag>` are the manifests. */
export function manifestsFolder(modelsDir: string): string {
  return join(modelsDir, 'manifests');
}

/** `blobs/sha256-<hex>` are the blobs. */
export function blobsFolder(modelsDir: string): string {
  return join(modelsDir, 'blobs');
}

/** What is made from weights so that a processor computes them faster (formats/split-weights); may be removed at any time. */
export function splitWeightsFolder(modelsDir: string): string {
  return join(modelsDir, '.corral-split-weights');
}

/** Where a new manifest of this name belongs. One that exists may be written in another case: see `findManifest`. */
export function manifestPath(modelsDir: string, name: ModelName): string {
  return join(manifestsFolder(modelsDir), ...manifestPathParts(name));
}

export function blobPath(modelsDir: string, digest: Digest): string {
  return join(blobsFolder(modelsDir), blobFileName(digest));
}
