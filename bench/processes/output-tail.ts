import type { Readable } from 'node:stream';

/** Enough for the last words of a server that failed. */
const tailChars = 4000;
const shownChars = 400;

/** Keeps the end of what a process writes, and keeps its pipe from filling. */
export class OutputTail {
  #kept = '';

  constructor(stream: Readable) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      this.#kept = (this.#kept + text).slice(-tailChars);
    });
  }

  get text(): string {
    return this.#kept;
  }

  /** Short enough for an error message. */
  get lastWords(): string {
    return this.#kept.slice(-shownChars).trim();
  }
}
