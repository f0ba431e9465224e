/**
 * Writes what arrives for one part of a half-finished blob. Bytes are gathered in blocks of memory that are used again and again, so that
 * a fast line is written in large pieces: each write costs a trip to another thread and back. A slow line is written at least at every
 * moment's end.
 */
import type { FileHandle } from 'node:fs/promises';
import type { PartRecord } from './part-layout.ts';

/** Enough to write at once. */
const blockBytes = 1024 * 1024;
const momentMs = 50;

/** How much may wait for the disk before the line has to. */
const maxWaitingBytes = 4 * 1024 * 1024;

/** Memory with nothing in it at the moment; the parts of a blob share it. */
export type SpareBlocks = Buffer[];

interface Block {
  readonly memory: Buffer;
  filledBytes: number;
}

export interface PartWriterOptions {
  readonly file: FileHandle;
  readonly spare: SpareBlocks;
  readonly onWritten: (part: PartWriter, bytes: number) => void;
}

export class PartWriter {
  readonly number: number;
  readonly offset: number;
  readonly sizeBytes: number;
  /** What was taken in. */
  completedBytes: number;
  /** What is in the file. */
  writtenBytes: number;
  readonly #options: PartWriterOptions;
  #waiting: Block[] = [];
  #writing: Promise<void> | undefined;
  #moment: NodeJS.Timeout | undefined;
  #hasFailed = false;

  constructor({ number, offset, sizeBytes, completedBytes }: PartRecord, options: PartWriterOptions) {
    this.number = number;
    this.offset = offset;
    this.sizeBytes = sizeBytes;
    this.completedBytes = completedBytes;
    this.writtenBytes = completedBytes;
    this.#options = options;
  }

  /** What the part's file may say. */
  get record(): PartRecord {
    const { number, offset, sizeBytes, writtenBytes } = this;
    return { number, offset, sizeBytes, completedBytes: writtenBytes };
  }

  /** Copies the bytes before it returns. Rejects with what an earlier or this write throws. */
  async append(bytes: Uint8Array): Promise<void> {
    this.#gather(bytes);
    this.completedBytes += bytes.byteLength;
    const waitingBytes = this.completedBytes - this.writtenBytes;
    if (waitingBytes > maxWaitingBytes) await this.flush();
    else if (waitingBytes >= blockBytes || this.completedBytes === this.sizeBytes) this.#write();
    else this.#moment ??= setTimeout(() => this.#write(), momentMs);
    // A write that failed stays, to be told here.
    if (this.#hasFailed) await this.#writing;
  }

  /** Resolves when everything is in the file. */
  async flush(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  #gather(bytes: Uint8Array): void {
    for (let taken = 0; taken < bytes.byteLength;) {
      let block = this.#waiting.at(-1);
      if (block === undefined || block.filledBytes === blockBytes) {
        block = { memory: this.#options.spare.pop() ?? Buffer.allocUnsafeSlow(blockBytes), filledBytes: 0 };
        this.#waiting.push(block);
      }
      const piece = bytes.subarray(taken, taken + blockBytes - block.filledBytes);
      block.memory.set(piece, block.filledBytes);
      block.filledBytes += piece.byteLength;
      taken += piece.byteLength;
    }
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
    const { spare, onWritten } = this.#options;
    for (let block = this.#waiting.shift(); block !== undefined; block = this.#waiting.shift()) {
      await this.#writeBlock(block);
      spare.push(block.memory);
      onWritten(this, block.filledBytes);
    }
    this.#writing = undefined;
  }

  async #writeBlock({ memory, filledBytes }: Block): Promise<void> {
    for (let from = 0; from < filledBytes;) {
      const place = this.offset + this.writtenBytes;
      const { bytesWritten } = await this.#options.file.write(memory, from, filledBytes - from, place);
      this.writtenBytes += bytesWritten;
      from += bytesWritten;
    }
  }
}
