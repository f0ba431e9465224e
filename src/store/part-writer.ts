/**
 * Writes what arrives for one part of a half-finished blob. While a write is on its way the next bytes are gathered, so a fast line is
 * written in large pieces and a slow one without delay.
 */
import type { FileHandle } from 'node:fs/promises';
import type { PartRecord } from './part-layout.ts';

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
    this.#writing ??= this.#write();
    if (this.completedBytes - this.writtenBytes > maxWaitingBytes) await this.flush();
  }

  /** Resolves when everything is in the file. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  #write(): Promise<void> {
    const run = this.#writeAll();
    run.then(
      () => {
        this.#writing = undefined;
      },
      // It stays: the next append and the flush reject with it.
      () => {},
    );
    return run;
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
