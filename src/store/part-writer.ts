/**
 * Writes what arrives for one part of a half-finished blob. Bytes are gathered for a moment, so that a fast line is written in large
 * pieces: each write costs a trip to another thread and back. A slow line is written at least at every moment's end.
 */
import type { FileHandle } from 'node:fs/promises';
import type { PartRecord } from './part-layout.ts';

/** Enough to write at once. */
const pieceBytes = 1024 * 1024;
const momentMs = 50;

/** How much may wait for the disk before the line has to. */
const maxWaitingBytes = 4 * 1024 * 1024;

export class PartWriter {
  readonly number: number;
  readonly offset: number;
  readonly sizeBytes: number;
  /** What was taken in. */
  completedBytes: number;
  /** What is in the file. */
  writtenBytes: number;
  readonly #file: FileHandle;
  readonly #onWritten: (part: PartWriter) => void;
  #waiting: Uint8Array[] = [];
  #writing: Promise<void> | undefined;
  #moment: NodeJS.Timeout | undefined;
  #hasFailed = false;

  constructor(
    { number, offset, sizeBytes, completedBytes }: PartRecord,
    file: FileHandle,
    onWritten: (part: PartWriter) => void,
  ) {
    this.number = number;
    this.offset = offset;
    this.sizeBytes = sizeBytes;
    this.completedBytes = completedBytes;
    this.writtenBytes = completedBytes;
    this.#file = file;
    this.#onWritten = onWritten;
  }

  /** What the part's file may say. */
  get record(): PartRecord {
    const { number, offset, sizeBytes, writtenBytes } = this;
    return { number, offset, sizeBytes, completedBytes: writtenBytes };
  }

  /** Takes bytes over; they must not change afterwards. Rejects with what an earlier or this write throws. */
  async append(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes);
    this.completedBytes += bytes.byteLength;
    const waitingBytes = this.completedBytes - this.writtenBytes;
    if (waitingBytes > maxWaitingBytes) await this.flush();
    else if (waitingBytes >= pieceBytes || this.completedBytes === this.sizeBytes) this.#write();
    else this.#moment ??= setTimeout(() => this.#write(), momentMs);
    // A write that failed stays, to be told here.
    if (this.#hasFailed) await this.#writing;
  }

  /** Resolves when everything is in the file. */
  async flush(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  #write(): void {
    clearTimeout(this.#moment);
    this.#moment = undefined;
    if (this.#writing !== undefined || this.#waiting.length === 0) return;
    this.#writing = this.#writeAll();
    this.#writing.catch(() => {
      this.#hasFailed = true;
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      let pieces = this.#waiting;
      this.#waiting = [];
      let left = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
      while (left > 0) {
        const { bytesWritten } = await this.#file.writev(pieces, this.offset + this.writtenBytes);
        this.writtenBytes += bytesWritten;
        left -= bytesWritten;
        pieces = left === 0 ? [] : without(pieces, bytesWritten);
      }
      this.#onWritten(this);
    }
    this.#writing = undefined;
  }
}

/** What a write that stopped half-way has left. */
function without(pieces: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  return pieces.flatMap((piece) => {
    const cut = Math.min(skip, piece.byteLength);
    skip -= cut;
    return cut === piece.byteLength ? [] : [piece.subarray(cut)];
  });
}
