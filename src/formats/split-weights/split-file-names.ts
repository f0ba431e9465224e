/** Names of the files with split weights: that of the model's blob, a version of the layout, and what is in them. */

/** Of the layout and of the choice of matrices. */
const version = 1;
const finished = /^(sha256-[0-9a-f]{64})\.v\d+\.(?:weights|offsets)\.gguf$/;
const partial = /\.(\d{1,10})-[0-9a-f-]+\.partial$/;

/** `blob`: file name of the model's blob. */
export function splitFileNames(blob: string): { readonly weights: string; readonly offsets: string } {
  return { weights: `${blob}.v${version}.weights.gguf`, offsets: `${blob}.v${version}.offsets.gguf` };
}

/** Where process `pid` writes a file that gets `name` when it is whole. `mark`: a UUID, since processes in two containers may have one number. */
export function partialSplitName(name: string, pid: number, mark: string): string {
  return `${name}.${pid}-${mark}.partial`;
}

/** Which process writes a file; undefined for one of any other name. */
export function partialSplitOwner(file: string): number | undefined {
  const pid = partial.exec(file)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** Whether a whole file is of no use while `blobs` (file names) are there: one of another layout, or of a blob that is gone. */
export function isUselessSplit(file: string, blobs: ReadonlySet<string>): boolean {
  const blob = finished.exec(file)?.[1];
  if (blob === undefined) return false;
  return !blobs.has(blob) || !Object.values(splitFileNames(blob)).includes(file);
}
