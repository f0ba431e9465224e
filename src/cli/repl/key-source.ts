/**
 * The keys of a terminal in raw mode. It owns stdin while it is open. Keys typed while nobody takes them wait for the next
 * taker; only Ctrl+C goes to whoever listens for it at once.
 */
import type { TerminalInput, TerminalOutput } from '../command-line-host.ts';
import { createKeyDecoder, type Key } from './key-decoder.ts';

export interface KeySource {
  /** Whether keys wait to be taken. */
  readonly hasWaiting: boolean;
  /** The next key; undefined once the terminal is gone or the source closed. */
  next(): Promise<Key | undefined>;
  /** Until the returned function is called, Ctrl+C that nobody takes calls `listener`; so does the terminal's end. */
  onInterrupt(listener: () => void): () => void;
  /** Runs `use` with the terminal in its normal mode and takes it back whatever came of it. */
  lend<T>(use: () => Promise<T>): Promise<T>;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** How long an ESC may wait for the rest of its sequence: a slow remote line takes some tens of milliseconds. */
const escapeTimeoutMs = 60;
const pasteModeOn = '\u001b[?2004h';
const pasteModeOff = '\u001b[?2004l';

export function openKeySource(input: TerminalInput, output: TerminalOutput): KeySource {
  const decoder = createKeyDecoder();
  const waiting: Key[] = [];
  let escapeTimer: NodeJS.Timeout | undefined;
  let take: ((key: Key | undefined) => void) | undefined;
  let interrupt: (() => void) | undefined;
  let ended = false;
  let closed = false;

  const receive = (keys: readonly Key[]): void => {
    for (const key of keys) {
      if (take !== undefined) take(key);
      else if (interrupt !== undefined && key.kind === 'key' && key.name === 'ctrl-c') interrupt();
      else waiting.push(key);
    }
  };
  const onData = (bytes: Uint8Array): void => {
    clearTimeout(escapeTimer);
    receive(decoder.decode(bytes));
    if (decoder.waiting) escapeTimer = setTimeout(() => receive(decoder.flush()), escapeTimeoutMs);
  };
  const onEnd = (): void => {
    ended = true;
    interrupt?.();
    take?.(undefined);
  };
  const enterRawMode = (): void => {
    input.setRawMode?.(true);
    output.write(pasteModeOn);
    input.on('data', onData);
    input.resume();
  };
  const leaveRawMode = (): void => {
    input.pause();
    input.removeListener('data', onData);
    clearTimeout(escapeTimer);
    output.write(pasteModeOff);
    input.setRawMode?.(false);
  };

  input.on('end', onEnd);
  input.on('error', onEnd);
  enterRawMode();

  return {
    get hasWaiting() {
      return waiting.length > 0;
    },
    async next() {
      const key = waiting.shift();
      if (key !== undefined || ended) return key;
      return await new Promise<Key | undefined>((resolve) => {
        take = (taken) => {
          take = undefined;
          resolve(taken);
        };
      });
    },
    onInterrupt(listener) {
      interrupt = listener;
      return () => (interrupt = undefined);
    },
    async lend(use) {
      leaveRawMode();
      try {
        return await use();
      } finally {
        if (!closed) enterRawMode();
      }
    },
    close() {
      if (closed) return;
      closed = true;
      leaveRawMode();
      input.removeListener('end', onEnd);
      input.removeListener('error', onEnd);
      onEnd();
    },
  };
}
