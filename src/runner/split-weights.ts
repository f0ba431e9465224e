/**
 * Q4_1 weights for processors whose fast kernels know Q4_0 only: the model and its offsets in two files (formats/split-weights), made when the model is
 * first loaded and kept beside the store. Whatever stands in the way, the model is loaded as it is.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { canceled } from '../core/canceled.ts';
import { CorralError, toCorralError } from '../core/corral-error.ts';
import { isRunning } from '../core/is-running.ts';
import { readAt } from '../core/read-at.ts';
import type { LoadRequest } from '../engine/runner-protocol.ts';
import type { ByteSource } from '../formats/gguf/byte-source.ts';
import { readGguf } from '../formats/gguf/read-gguf.ts';
import { ggufSizeBytes, writeGguf, type GgufToWrite } from '../formats/gguf/write-gguf.ts';
import { partialSplitName, partialSplitOwner, splitFileNames } from '../formats/split-weights/split-file-names.ts';
import { splitModel } from '../formats/split-weights/split-model.ts';
import { splitTensors } from '../formats/split-weights/split-tensors.ts';

export interface SplitFiles {
  readonly modelPath: string;
  readonly offsetsPath: string;
}

export interface SplitReports {
  /** Gets 0..1 while they are made, and ends that by returning false. */
  readonly onProgress: (fraction: number) => boolean;
  /** Gets a line for the log. */
  readonly tell: (text: string) => void;
}

/** What has to stay free on the disk. */
const spareBytes = 1024 ** 3;

/** Small enough that a slow disk takes seconds for it, and gives a sign of life. */
const flushBytes = 256 * 1024 * 1024;

/** Undefined where nothing of the model is split, and where it could not be. */
export async function findSplitWeights(request: LoadRequest, reports: SplitReports): Promise<SplitFiles | undefined> {
  if (request.splitFolder === undefined) return undefined;
  const names = splitFileNames(path.basename(request.modelPath));
  const files = {
    modelPath: path.join(request.splitFolder, names.weights),
    offsetsPath: path.join(request.splitFolder, names.offsets),
  };
  try {
    if (await areThere(files)) return files;
    return (await make(request.modelPath, request.splitFolder, files, reports)) ? files : undefined;
  } catch (thrown) {
    const { message } = toCorralError(thrown);
    const reason = [request.splitFolder, path.dirname(request.modelPath)].reduce(
      (text, folder) => text.replaceAll(folder, '...'),
      message,
    );
    reports.tell(`the weights are computed as they are, more slowly: ${reason}`);
    return undefined;
  }
}

/** So that they are made anew the next time. */
export async function removeSplitWeights({ modelPath, offsetsPath }: SplitFiles): Promise<void> {
  await Promise.all([rm(modelPath, { force: true }), rm(offsetsPath, { force: true })]).catch(() => {});
}

async function areThere({ modelPath, offsetsPath }: SplitFiles): Promise<boolean> {
  try {
    await Promise.all([access(modelPath, constants.R_OK), access(offsetsPath, constants.R_OK)]);
    return true;
  } catch {
    return false;
  }
}

async function make(source: string, folder: string, files: SplitFiles, reports: SplitReports): Promise<boolean> {
  const file = await open(source, constants.O_RDONLY);
  try {
    const bytes = sourceOf(file, (await file.stat()).size, reports.onProgress);
    const header = await readGguf(bytes, { arrays: 'skip' });
    const tensors = splitTensors(header);
    if (tensors.length === 0) return false;
    const { weights, offsets } = await splitModel(bytes, header, tensors);
    await mkdir(folder, { recursive: true });
    await removeBrokenOff(folder);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < ggufSizeBytes(weights) + ggufSizeBytes(offsets) + spareBytes) {
      reports.tell('the weights are computed as they are, more slowly: the disk has too little room for faster ones');
      return false;
    }
    // The weights last: with them, both are there.
    await write(offsets, files.offsetsPath, file, source);
    await write(weights, files.modelPath, file, source);
    return true;
  } finally {
    await file.close();
  }
}

/** Whoever is killed while writing can't clear up. */
async function removeBrokenOff(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = partialSplitOwner(name);
    if (owner !== undefined && !isRunning(owner)) await rm(path.join(folder, name), { force: true });
  }
}

/**
 * Appears whole or not at all, also when the power fails: what is there is never looked at again. Not at all either where the source at `sourcePath`
 * is no longer the file that was read, because it was found to be damaged.
 */
async function write(model: GgufToWrite, target: string, source: FileHandle, sourcePath: string): Promise<void> {
  const temporary = partialSplitName(target, process.pid, randomUUID());
  const file = await open(temporary, 'wx', 0o644);
  try {
    let unflushedBytes = 0;
    for await (const bytes of writeGguf(model)) {
      await file.writeFile(bytes);
      unflushedBytes += bytes.length;
      if (unflushedBytes < flushBytes) continue;
      await file.datasync();
      unflushedBytes = 0;
    }
    await file.datasync();
    await file.close();
    if ((await stat(sourcePath)).ino !== (await source.stat()).ino) {
      throw new CorralError('load_failed', 'the model was replaced meanwhile');
    }
    await rename(temporary, target);
  } catch (thrown) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    throw thrown;
  }
}

function sourceOf(file: FileHandle, sizeBytes: number, onProgress: SplitReports['onProgress']): ByteSource {
  let readBytes = 0;
  return {
    sizeBytes,
    read: async (offsetBytes, lengthBytes, into) => {
      // The data of both files are read from the whole of this one.
      if (!onProgress(Math.min(1, readBytes / (2 * sizeBytes)))) throw canceled();
      readBytes += lengthBytes;
      return await readAt(file, offsetBytes, lengthBytes, into);
    },
  };
}
