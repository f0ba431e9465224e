/** Names of the files with split weights: that of the model's blob, a version of the layout, and what is in them. */

const version = 1;
const pattern = /^(sha256-[0-9a-f]{64})\.v\d+\.(?:weights|offsets)\.gguf$/;

/** Of a file that is being written. */
export const partialSplitEnding = '.partial';

/** `blob`: file name of the model's blob. */
export function splitFileNames(blob: string): { readonly weights: string; readonly offsets: string } {
  return { weights: `${blob}.v${version}.weights.gguf`, offsets: `${blob}.v${version}.offsets.gguf` };
}

/**
 * What use a file of that folder is, while `blobs` (file names) are there: none has one of another layout or of a blob that is gone. A file of
 * any other name is somebody else's.
 */
export function splitWeightsUse(
  file: string,
  blobs: ReadonlySet<string>,
): 'loaded' | 'while-written' | 'none' | 'foreign' {
  if (file.endsWith(partialSplitEnding)) return 'while-written';
  const blob = pattern.exec(file)?.[1];
  if (blob === undefined) return 'foreign';
  const isOfThisLayout = Object.values(splitFileNames(blob)).includes(file);
  return isOfThisLayout && blobs.has(blob) ? 'loaded' : 'none';
}
