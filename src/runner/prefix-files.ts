/**
 * Prefixes on disk, so that a long prompt outlives its runner. Files lie in one private folder for all models; names tell nothing of a prompt.
 * A file that is not whole, not ours or not for these weights and settings is never used: whatever is wrong with it, the prompt is computed again.
 * Files are read only when a prompt begins with their tokens.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { PrefixStore } from '../engine/runner-protocol.ts';
import {
  decodeHeader,
  encodeHeader,
  headerBytes,
  headerStartBytes,
  partialEnding,
  prefixEnding,
  type PrefixHeader,
} from '../formats/prefix-file/prefix-header.ts';
import { openSection, sealSection, sectionOverhead } from '../formats/prefix-file/section.ts';

export interface StoredPrefix {
  readonly file: string;
  /** Paths. */
  readonly adapters: readonly string[];
  readonly tokens: readonly number[];
  /** The cells cover positions [from, tokens.length). */
  readonly from: number;
  readonly stateBytes: number;
}

export interface PrefixToStore {
  readonly adapters: readonly string[];
  readonly tokens: readonly number[];
  readonly from: number;
  readonly state: Buffer;
}

/** No runner writes at one file for so long. */
const leftoverMs = 3_600_000;
const tokenBytes = 4;

export class PrefixFiles {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #model: string;
  readonly #identity: string;
  readonly #key: Buffer | undefined;
  /** Folder of the weights and adapters, which are named after their digests. */
  readonly #blobs: string;

  /** `engine`: name of its build; cells of another are not good. */
  constructor(store: PrefixStore, blobs: string, engine: string) {
    this.#blobs = blobs;
    this.#folder = store.folder;
    this.#mostBytes = store.mostBytes;
    this.#model = store.model;
    this.#identity = createHash('sha256')
      .update(JSON.stringify([store.model, store.settings, engine]))
      .digest('hex');
    this.#key = store.key === undefined ? undefined : Buffer.from(store.key, 'base64');
  }

  /** What is there for this model, shortest first. Files of its own that can't be read are removed. */
  list(): StoredPrefix[] {
    return this.#files()
      .filter(({ name }) => name.startsWith(this.#prefix))
      .flatMap(({ name }) => {
        const found = this.#open(path.join(this.#folder, name), (file, header, _, tokens) => ({
          file,
          adapters: header.adapters.map((digest) => path.join(this.#blobs, digest)),
          tokens,
          from: header.from,
          stateBytes: header.stateBytes,
        }));
        return found === undefined ? [] : [found];
      })
      .toSorted((a, b) => a.tokens.length - b.tokens.length);
  }

  /** The cells; undefined, and the file is gone, when they are not what was saved. */
  read(file: string): Buffer | undefined {
    return this.#open(file, (_, header, bytes, __, descriptor, at) => {
      const section = readExactly(descriptor, at, header.stateBytes + sectionOverhead(this.#key));
      const state = section && openSection(section, { header: bytes, name: 'state', key: this.#key });
      if (state === undefined) throw new Error('damaged');
      const now = new Date();
      fs.utimesSync(file, now, now);
      return state;
    });
  }

  /** Writes a prefix, and makes room for it: the least recently used of all models go first. The file, or undefined where it was not possible. */
  write({ adapters, tokens, from, state }: PrefixToStore): string | undefined {
    const header: PrefixHeader = {
      version: 1,
      model: this.#model,
      identity: this.#identity,
      adapters: adapters.map((adapter) => path.basename(adapter)),
      tokens: tokens.length,
      from,
      stateBytes: state.length,
      sealed: this.#key !== undefined,
    };
    const bytes = encodeHeader(header);
    const ids = Buffer.from(Int32Array.from(tokens).buffer);
    const file = path.join(this.#folder, `${this.#prefix}${this.#fingerprint(header.adapters, ids)}${prefixEnding}`);
    const temporary = path.join(this.#folder, `${randomUUID()}${partialEnding}`);
    try {
      fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      if (!this.#makeRoom(bytes.length + ids.length + state.length + 2 * sectionOverhead(this.#key))) return undefined;
      const descriptor = fs.openSync(temporary, 'wx', 0o600);
      try {
        const binding = { header: bytes, key: this.#key };
        const parts = [bytes, ...sealSection(ids, { ...binding, name: 'tokens' })];
        for (const part of [...parts, ...sealSection(state, { ...binding, name: 'state' })])
          writeWhole(descriptor, part);
      } finally {
        fs.closeSync(descriptor);
      }
      fs.renameSync(temporary, file);
      return file;
    } catch {
      removeQuietly(temporary);
      return undefined;
    }
  }

  get #prefix(): string {
    return `${this.#identity.slice(0, 16)}-`;
  }

  /** With a key nobody without it can find out whether a prompt that he guesses is there. */
  #fingerprint(adapters: readonly string[], tokens: Buffer): string {
    const sum = this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key);
    return sum.update(JSON.stringify(adapters)).update(tokens).digest('hex').slice(0, 40);
  }

  #makeRoom(bytes: number): boolean {
    if (bytes > this.#mostBytes) return false;
    this.#removeLeftovers();
    const files = this.#files().toSorted((a, b) => a.usedMs - b.usedMs);
    let total = bytes;
    for (const file of files) total += file.bytes;
    for (const { name, bytes: freed } of files) {
      if (total <= this.#mostBytes) break;
      removeQuietly(path.join(this.#folder, name));
      total -= freed;
    }
    return total <= this.#mostBytes;
  }

  /** What a runner that was killed while writing left behind. */
  #removeLeftovers(): void {
    for (const name of namesIn(this.#folder)) {
      const file = path.join(this.#folder, name);
      if (!name.endsWith(partialEnding)) continue;
      const found = fs.statSync(file, { throwIfNoEntry: false });
      if (found !== undefined && Date.now() - found.mtimeMs > leftoverMs) removeQuietly(file);
    }
  }

  #files(): { readonly name: string; readonly bytes: number; readonly usedMs: number }[] {
    return namesIn(this.#folder).flatMap((name) => {
      if (!name.endsWith(prefixEnding)) return [];
      const found = fs.statSync(path.join(this.#folder, name), { throwIfNoEntry: false });
      return found?.isFile() === true ? [{ name, bytes: found.size, usedMs: found.mtimeMs }] : [];
    });
  }

  /** Reads header and tokens and hands them on; whatever is wrong with the file, it is removed and the result undefined. */
  #open<T>(
    file: string,
    use: (file: string, header: PrefixHeader, bytes: Buffer, tokens: number[], descriptor: number, at: number) => T,
  ): T | undefined {
    let descriptor: number | undefined;
    try {
      descriptor = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0));
      const size = fs.fstatSync(descriptor).size;
      const start = readExactly(descriptor, 0, headerStartBytes);
      const length = start && headerBytes(start);
      const bytes = length === undefined ? undefined : readExactly(descriptor, 0, length);
      const header = bytes && decodeHeader(bytes);
      if (bytes === undefined || header === undefined) throw new Error('no header');
      const overhead = sectionOverhead(this.#key);
      const tokensEnd = bytes.length + overhead + header.tokens * tokenBytes;
      const isOurs = header.identity === this.#identity && header.sealed === (this.#key !== undefined);
      if (!isOurs || size !== tokensEnd + overhead + header.stateBytes) throw new Error('not ours');
      const section = readExactly(descriptor, bytes.length, tokensEnd - bytes.length);
      const ids = section && openSection(section, { header: bytes, name: 'tokens', key: this.#key });
      if (ids === undefined) throw new Error('damaged');
      const tokens = Array.from({ length: header.tokens }, (_, index) => ids.readInt32LE(index * tokenBytes));
      return use(file, header, bytes, tokens, descriptor, tokensEnd);
    } catch {
      removeQuietly(file);
      return undefined;
    } finally {
      if (descriptor !== undefined) fs.closeSync(descriptor);
    }
  }
}

/** None where there is no such folder, or none that can be read. */
function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** What can't be removed is not used either. */
function removeQuietly(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // The folder is somebody else's, or read-only.
  }
}

function readExactly(descriptor: number, at: number, length: number): Buffer | undefined {
  const buffer = Buffer.allocUnsafeSlow(length);
  let done = 0;
  while (done < length) {
    const read = fs.readSync(descriptor, buffer, done, length - done, at + done);
    if (read === 0) return undefined;
    done += read;
  }
  return buffer;
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += fs.writeSync(descriptor, bytes, done);
}
