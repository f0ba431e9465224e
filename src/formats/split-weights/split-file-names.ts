/** Names of the files with split weights: those of the model's blob, a version of the layout, and what is in them. */

const version = 1;
const pattern = /^(sha256-[0-9a-f]{64})\.v\d+\.(?:weights|offsets)\.gguf$/;

/** `blob`: file name of the model's blob. */
export function splitFileNames(blob: string): { readonly weights: string; readonly offsets: string } {
  return { weights: `${blob}.v${version}.weights.gguf`, offsets: `${blob}.v${version}.offsets.gguf` };
}

/** Whether a file of that folder is of use to nobody: half written, of another version, or of a blob that is no longer there. */
export function isLeftOver(file: string, blobs: ReadonlySet<string>): boolean {
  const blob = pattern.exec(file)?.[1];
  if (blob === undefined) return file.endsWith('.partial');
  const { weights, offsets } = splitFileNames(blob);
  return !blobs.has(blob) || (file !== weights && file !== offsets);
}
