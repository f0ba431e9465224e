/**
 * A blob on its way in, kept across restarts in Ollama's own files: see `part-files.ts`. Bytes are written before the record that tells of
 * them; a record that is ahead all the same, after a power cut, is found out by the digest. The blob takes its place only once its digest
 * was seen to be right, and is flushed before.
 */
import { open, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Digest } from '../formats/digest.ts';
import { downloadedMismatch } from './downloaded-mismatch.ts';
import { startHashThread, worthThreadBytes, type HashThread } from './hash-thread.ts';
import { hashFile } from './hash-file.ts';
import { makeFolder } from './make-folder.ts';
import { partialPath, readPartRecords, removePartRecords, writePartRecord } from './part-files.ts';
import { layOutParts, type PartRecord } from './part-layout.ts';
import { PartWriter, type SpareBlocks } from './part-writer.ts';
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
  /**
   * Adds bytes behind what the part has, within the part; one call at a time per part. They are copied before it returns. Rejects with
   * `store_write`, also for an earlier write.
   */
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
  /** See `HashThreadOptions.program`. */
  readonly hashProgram?: string | undefined;
}

/** A crash costs what arrived after the last record: a 64th of the blob, between these, or what comes in such a time if that is more. */
const minUnrecordedBytes = 256 * 1024;
const maxUnrecordedBytes = 16 * 1024 * 1024;
const unrecordedMs = 250;

/** What is worth a flush beside the transfer. A disk that is slower than the line gets the next one as soon as it is done with one. */
const flushEveryBytes = 8 * 1024 * 1024;

/** Throws `store_write`, also when the disk has no room for what is missing. */
export async function openPartialBlob(options: OpenPartialBlobOptions): Promise<PartialBlob> {
  const { path, sizeBytes } = options;
  const files = await openFiles(path, sizeBytes).catch((error: unknown) => {
    throw writeFault(sizeBytes, error);
  });
  return new OpenPartialBlob(options, files);
}

class OpenPartialBlob implements PartialBlob {
  readonly sizeBytes: number;
  readonly parts: readonly PartWriter[];
  readonly resumedBytes: number;
  completedBytes: number;
  readonly #path: string;
  readonly #digest: Digest;
  readonly #file: FileHandle;
  /** Follows the writing, as far as there is no gap. */
  readonly #hash: HashThread | undefined;
  readonly #recorded: Map<PartWriter, { readonly bytes: number; readonly atMs: number }>;
  readonly #unrecordedBytes: number;
  /** The first part that isn't written in full; it only ever moves on. */
  #frontier = 0;
  /** Records, one after the other, beside the transfer. */
  #recording: Promise<void> = Promise.resolve();
  /** Writes to the disk, beside the transfer too, so that its end has little to wait for. */
  #flushing: Promise<void> | undefined;
  #unflushedBytes = 0;
  /** Everything has arrived, so that there is nothing to be recorded any more. */
  #isFinishing = false;
  #closed: Promise<void> | undefined;

  constructor({ path, digest, sizeBytes, hashProgram: program }: OpenPartialBlobOptions, { file, parts }: Files) {
    this.sizeBytes = sizeBytes;
    this.resumedBytes = sum(parts);
    this.completedBytes = this.resumedBytes;
    this.#path = path;
    this.#digest = digest;
    this.#file = file;
    const spare: SpareBlocks = [];
    const onWritten = (part: PartWriter, bytes: number) => this.#written(part, bytes);
    this.parts = parts.map((part) => new PartWriter(part, { file, spare, onWritten }));
    const atMs = performance.now();
    this.#recorded = new Map(this.parts.map((part) => [part, { bytes: part.completedBytes, atMs }]));
    this.#unrecordedBytes = Math.min(maxUnrecordedBytes, Math.max(minUnrecordedBytes, sizeBytes / 64));
    this.#hash = sizeBytes < worthThreadBytes ? undefined : startHashThread(partialPath(path), { program });
    // An earlier process may have left some.
    this.#hash?.advance(this.#contiguousBytes());
  }

  async append(part: PartialBlobPart, bytes: Uint8Array): Promise<void> {
    try {
      this.completedBytes += bytes.byteLength;
      await (part as PartWriter).append(bytes);
    } catch (error) {
      throw writeFault(this.sizeBytes - this.completedBytes, error);
    }
  }

  async finish(): Promise<void> {
    try {
      await this.#place();
    } catch (error) {
      throw writeFault(undefined, error);
    } finally {
      await this.close();
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  #contiguousBytes(): number {
    const { parts } = this;
    while (this.#frontier < parts.length && parts[this.#frontier]?.writtenBytes === parts[this.#frontier]?.sizeBytes) {
      this.#frontier++;
    }
    const part = parts[this.#frontier];
    return part === undefined ? this.sizeBytes : part.offset + part.writtenBytes;
  }

  #written(part: PartWriter, bytes: number): void {
    this.#hash?.advance(this.#contiguousBytes());
    if (this.#isWorthRecording(part)) this.#record(part);
    this.#unflushedBytes += bytes;
    if (this.#unflushedBytes >= flushEveryBytes) this.#flush();
  }

  #isWorthRecording(part: PartWriter): boolean {
    // When all is there it becomes a blob at once.
    if (part.writtenBytes === part.sizeBytes) return this.parts.some((other) => other.writtenBytes < other.sizeBytes);
    const { bytes = 0, atMs = 0 } = this.#recorded.get(part) ?? {};
    return part.writtenBytes - bytes >= this.#unrecordedBytes && performance.now() - atMs >= unrecordedMs;
  }

  #recordAll(): void {
    for (const part of this.parts) if (part.writtenBytes > (this.#recorded.get(part)?.bytes ?? 0)) this.#record(part);
  }

  #record(part: PartWriter): void {
    const { record } = part;
    this.#recorded.set(part, { bytes: record.completedBytes, atMs: performance.now() });
    // One that can't be written costs bytes the next time, nothing now: the bytes themselves tell what is wrong.
    this.#recording = this.#recording.then(() => writePartRecord(this.#path, record)).catch(() => {});
  }

  #flush(): void {
    if (this.#flushing !== undefined) return;
    this.#unflushedBytes = 0;
    const flush = async (): Promise<void> => {
      await this.#file.datasync();
      this.#flushing = undefined;
    };
    this.#flushing = flush();
    // One that failed stays, to be told at the end: the system tells it once.
    this.#flushing.catch(() => {});
  }

  async #place(): Promise<void> {
    this.#isFinishing = true;
    for (const part of this.parts) await part.flush();
    const hashing = this.#digestOfAll();
    hashing.catch(() => {});
    await this.#recording;
    await this.#flushing;
    await this.#file.chmod(0o644);
    await this.#file.sync();
    const found = await hashing;
    await this.close();
    if (found !== this.#digest) {
      await rm(partialPath(this.#path), { force: true });
      await removePartRecords(this.#path);
      throw downloadedMismatch(this.#digest, found);
    }
    await rename(partialPath(this.#path), this.#path).catch(async (error: unknown) => {
      // Ollama worked on the same files and was faster.
      if (!isAbsent(error) || (await stat(this.#path)).size !== this.sizeBytes) throw error;
    });
    await flushFolder(dirname(this.#path));
    await removePartRecords(this.#path);
  }

  async #digestOfAll(): Promise<Digest> {
    if (this.#hash === undefined) {
      return (await hashFile(partialPath(this.#path), { signal: new AbortController().signal })).digest;
    }
    return `sha256:${(await this.#hash.digest(this.sizeBytes)).digest}`;
  }

  async #release(): Promise<void> {
    await this.#hash?.stop();
    // Whoever closes gives up: what could not be written or recorded costs bytes, nothing else.
    for (const part of this.parts) await part.flush().catch(() => {});
    if (!this.#isFinishing) this.#recordAll();
    await this.#recording;
    await this.#flushing?.catch(() => {});
    await this.#file.close();
  }
}

interface Files {
  readonly file: FileHandle;
  readonly parts: readonly PartRecord[];
}

async function openFiles(path: string, sizeBytes: number): Promise<Files> {
  await makeFolder(dirname(path));
  const found = await openExisting(path, sizeBytes);
  try {
    // Before anything is made of a size that is only a claim so far.
    await requireRoom(dirname(path), sizeBytes - sum(found?.parts ?? []));
    return found ?? (await createFiles(path, sizeBytes));
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
