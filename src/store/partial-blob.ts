/**
 * A blob on its way in, kept across restarts in Ollama's own files: see `part-files.ts`. Bytes are written before the record that tells of
 * them; a record that is ahead all the same, after a power cut, is found out by the digest. The blob takes its place only once its digest
 * was seen to be right, and is flushed before.
 */
import { open, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CorralError } from '../core/corral-error.ts';
import { blobFileName, type Digest } from '../formats/digest.ts';
import { createContiguousHash } from './contiguous-hash.ts';
import { makeFolder } from './make-folder.ts';
import { partialPath, readPartRecords, removePartRecords, writePartRecord } from './part-files.ts';
import { layOutParts, type PartRecord } from './part-layout.ts';
import { flushFolder } from './place-file.ts';
import { isAbsent, writeFault } from './store-fault.ts';

/** A part as its writer sees it; live. */
export interface PartialBlobPart {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly completedBytes: number;
}

export interface PartialBlob {
  readonly sizeBytes: number;
  readonly parts: readonly PartialBlobPart[];
  readonly completedBytes: number;
  /** What was there already when it was opened. */
  readonly resumedBytes: number;
  /** Adds bytes behind what the part has, within the part; one call at a time per part. Throws `store_write`. */
  append(part: PartialBlobPart, bytes: Uint8Array): Promise<void>;
  /** Makes the full file a blob. Throws `digest_mismatch`, and nothing is left of it; `store_write`. It is closed in any case. */
  finish(): Promise<void>;
  /** Leaves it for a later time. A second call does nothing. */
  close(): Promise<void>;
}

export interface OpenPartialBlobOptions {
  /** Where the blob is going to lie. */
  readonly path: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** How much a crash may cost: what arrived after the last record. A 64th of the blob, between these. */
const minRecordBytes = 256 * 1024;
const maxUnrecordedBytes = 16 * 1024 * 1024;

interface Part extends PartRecord {
  completedBytes: number;
  recordedBytes: number;
}

/** Throws `store_write`, also when the disk has no room for what is missing. */
export async function openPartialBlob({ path, digest, sizeBytes }: OpenPartialBlobOptions): Promise<PartialBlob> {
  const { file, parts } = await openFiles(path, sizeBytes).catch((error: unknown) => {
    throw writeFault(sizeBytes, error);
  });
  const recordEveryBytes = Math.min(maxUnrecordedBytes, Math.max(minRecordBytes, sizeBytes / 64));
  const resumedBytes = sum(parts);
  let completedBytes = resumedBytes;
  let recording: Promise<void> = Promise.resolve();
  let closed: Promise<void> | undefined;
  // The first part that isn't complete; it only ever moves on.
  let frontier = 0;
  const hash = createContiguousHash(file, () => {
    while (parts[frontier]?.completedBytes === parts[frontier]?.sizeBytes && frontier < parts.length) frontier++;
    const part = parts[frontier];
    return part === undefined ? sizeBytes : part.offset + part.completedBytes;
  });

  /** One record after the other, beside the transfer. */
  function record(part: Part): void {
    part.recordedBytes = part.completedBytes;
    recording = recording.then(() => writePartRecord(path, part));
    // Awaited by the next append; a fault before that is not lost, only early.
    recording.catch(() => {});
  }

  async function release(): Promise<void> {
    await hash.stop();
    for (const part of parts) if (part.recordedBytes < part.completedBytes) record(part);
    // Whoever closes gives up: a record that could not be written costs bytes, nothing else.
    await recording.catch(() => {});
    await file.close();
  }

  async function place(): Promise<void> {
    await recording;
    const found: Digest = `sha256:${await hash.digest(sizeBytes)}`;
    if (found !== digest) {
      await close();
      await rm(partialPath(path), { force: true });
      await removePartRecords(path);
      throw digestMismatch(digest, found);
    }
    await file.chmod(0o644);
    await file.sync();
    await close();
    await rename(partialPath(path), path).catch(async (error: unknown) => {
      // Ollama worked on the same files and was faster.
      if (!isAbsent(error) || (await stat(path)).size !== sizeBytes) throw error;
    });
    await flushFolder(dirname(path));
    await removePartRecords(path);
  }

  function close(): Promise<void> {
    closed ??= release();
    return closed;
  }

  return {
    sizeBytes,
    parts,
    resumedBytes,
    get completedBytes() {
      return completedBytes;
    },
    async append(writable, bytes) {
      const part = writable as Part;
      const offset = part.offset + part.completedBytes;
      try {
        for (let written = 0; written < bytes.byteLength;) {
          written += (await file.write(bytes, written, bytes.byteLength - written, offset + written)).bytesWritten;
        }
        part.completedBytes += bytes.byteLength;
        completedBytes += bytes.byteLength;
        hash.written(offset, bytes);
        const isComplete = part.completedBytes === part.sizeBytes;
        if (isComplete || part.completedBytes - part.recordedBytes >= recordEveryBytes) {
          await recording;
          record(part);
        }
      } catch (error) {
        throw writeFault(sizeBytes - completedBytes, error);
      }
    },
    async finish() {
      try {
        await place();
      } catch (error) {
        throw writeFault(undefined, error);
      } finally {
        await close();
      }
    },
    close,
  };
}

async function openFiles(path: string, sizeBytes: number): Promise<{ file: FileHandle; parts: Part[] }> {
  await makeFolder(dirname(path));
  const found = await openExisting(path, sizeBytes);
  try {
    // Before anything is made of a size that is only a claim so far.
    await requireRoom(dirname(path), sizeBytes - sum(found?.parts ?? []));
    const { file, parts } = found ?? (await createFiles(path, sizeBytes));
    return { file, parts: parts.map((part) => ({ ...part, recordedBytes: part.completedBytes })) };
  } catch (error) {
    await found?.file.close();
    throw error;
  }
}

async function requireRoom(folder: string, missingBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= missingBytes) return;
  throw writeFault(missingBytes, Object.assign(new Error('no room'), { code: 'ENOSPC' }));
}

interface Files {
  readonly file: FileHandle;
  readonly parts: readonly PartRecord[];
}

async function createFiles(path: string, sizeBytes: number): Promise<Files> {
  await removePartRecords(path);
  const file = await open(partialPath(path), 'w+', 0o644);
  try {
    await file.truncate(sizeBytes);
    const parts = layOutParts(sizeBytes);
    // All of them from the start: Ollama takes their sum for the blob's size.
    for (const part of parts) await writePartRecord(path, part);
    return { file, parts };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What an earlier process left, if it can be used. */
async function openExisting(path: string, sizeBytes: number): Promise<Files | undefined> {
  const parts = await readPartRecords(path, sizeBytes);
  if (parts === undefined) return undefined;
  let file: FileHandle;
  try {
    file = await open(partialPath(path), 'r+');
  } catch {
    // Without the bytes, or the right to write them, the records are worth nothing.
    return undefined;
  }
  if ((await file.stat()).size === sizeBytes) return { file, parts };
  await file.close();
  return undefined;
}

function sum(parts: readonly PartRecord[]): number {
  return parts.reduce((total, { completedBytes }) => total + completedBytes, 0);
}

function digestMismatch(want: Digest, got: Digest): CorralError {
  const text = `digest mismatch, file must be downloaded again: want ${want}, got ${got}`;
  return new CorralError('digest_mismatch', text, {
    status: 500,
    hint: `Blob ${blobFileName(want).slice(7, 19)} was damaged on its way or at the registry; nothing of it was kept.`,
  });
}
