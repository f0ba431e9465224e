/** How the text of a setting becomes a value, and how a value is shown. Pure; one object per kind of setting. */
import { resolve } from 'node:path';
import { formatByteSize } from '../core/byte-size.ts';
import { formatGoDuration, parseGoDurationNs } from '../core/go-duration.ts';
import type { LogLevel } from '../core/logger.ts';
import { formatHostAddress, parseHostAddress } from './host-address.ts';
import type { FlashAttention, HostAddress, KvCacheType } from './settings.ts';

export interface SettingKind<Value> {
  /** The value of a text that isn't empty; undefined when it has none. Tells `warn` what it took differently from what was written. */
  read(text: string, warn: (reason: string) => void): Value | undefined;
  /** Short text for the listing of settings. */
  show(value: Value): string;
}

/** Go's spellings; anything else means yes, because `OLLAMA_X=yes` and `on` are what people write. */
function readSwitch(text: string): boolean {
  return !['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text);
}

export const switchKind: SettingKind<boolean> = { read: readSwitch, show: String };

/** A switch for which "not set" is a third state. */
export const optionalSwitchKind: SettingKind<boolean | undefined> = {
  read: readSwitch,
  show: (value) => (value === undefined ? 'unset' : String(value)),
};

function readCount(text: string): number | undefined {
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(count) ? count : undefined;
}

export const countKind: SettingKind<number> = { read: readCount, show: String };

/** A count where 0 leaves the choice to the program. */
export const automaticCountKind: SettingKind<number> = {
  read: readCount,
  show: (count) => (count === 0 ? 'auto' : String(count)),
};

/** A folder; what is relative counts from where the program was started. */
export const folderKind: SettingKind<string> = { read: (text) => resolve(text), show: (path) => path };

export const optionalFolderKind: SettingKind<string | undefined> = {
  read: (text) => resolve(text),
  show: (path) => path ?? '',
};

export const optionalTextKind: SettingKind<string | undefined> = {
  read: (text) => text,
  show: (text) => text ?? '',
};

/** Comma-separated; blanks around the parts don't count. */
export const listKind: SettingKind<readonly string[]> = {
  read: (text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  show: (parts) => parts.join(','),
};

/** Milliseconds from a Go duration or whole seconds; `isForever` says which values never end (Infinity). */
function durationKind(isForever: (ms: number) => boolean): SettingKind<number> {
  return {
    read(text) {
      const ns = parseGoDurationNs(text) ?? (/^[+-]?\d{1,15}$/.test(text) ? Number(text) * 1e9 : undefined);
      if (ns === undefined) return undefined;
      return isForever(ns) ? Infinity : ns / 1e6;
    },
    show: (ms) => (ms === Infinity ? 'forever' : formatGoDuration(ms * 1e6)),
  };
}

export const keepAliveKind = durationKind((ms) => ms < 0);
export const timeoutKind = durationKind((ms) => ms <= 0);

export const hostKind: SettingKind<HostAddress> = { read: parseHostAddress, show: formatHostAddress };

function choiceKind<Choice extends string>(choices: readonly Choice[]): SettingKind<Choice> {
  return {
    read: (text) => choices.find((choice) => choice === text.toLowerCase()),
    show: (choice) => choice,
  };
}

export const kvCacheKind: SettingKind<KvCacheType> = choiceKind(['f16', 'q8_0', 'q4_0']);

export const flashAttentionKind: SettingKind<FlashAttention> = {
  read(text) {
    if (text.toLowerCase() === 'auto') return 'auto';
    return readSwitch(text) ? 'on' : 'off';
  },
  show: (value) => value,
};

/** OLLAMA_DEBUG counts: 1 or true is debug, 2 trace; below zero it grows quieter. */
export const logLevelKind: SettingKind<LogLevel> = {
  read(text) {
    if (['t', 'T', 'TRUE', 'true', 'True'].includes(text)) return 'debug';
    if (!readSwitch(text)) return 'info';
    if (!/^[+-]?\d{1,4}$/.test(text)) return undefined;
    const step = Math.max(-2, Math.min(2, Number(text)));
    return (['error', 'warn', 'info', 'debug', 'trace'] as const)[step + 2];
  },
  show: (level) => level,
};

const unitBytes: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g', 't'].flatMap((letter, index): [string, number][] => [
    [`${letter}b`, 1000 ** (index + 1)],
    [`${letter}ib`, 1024 ** (index + 1)],
    // A bare letter is a power of two, as in container limits.
    [letter, 1024 ** (index + 1)],
  ]),
]);

function readBytes(text: string): number | undefined {
  const [, amount = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]*)$/.exec(text.toLowerCase()) ?? [];
  const size = unitBytes.get(unit);
  if (amount === '' || size === undefined) return undefined;
  const bytes = Math.floor(Number(amount) * size);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bytes with an optional unit: `8GB` (decimal), `8GiB` or `8g` (binary). 0 leaves the choice to the program. */
export const byteLimitKind: SettingKind<number> = {
  read: readBytes,
  show: (bytes) => (bytes === 0 ? 'auto' : formatByteSize(bytes)),
};

/** Bytes; 0 is none. */
export const byteCountKind: SettingKind<number> = { read: readBytes, show: formatByteSize };

/** Bytes per second, written as bytes with an optional `/s`. 0 is no limit. */
export const byteRateKind: SettingKind<number> = {
  read: (text) => readBytes(text.replace(/\/s$/i, '')),
  show: (bytes) => (bytes === 0 ? 'none' : `${formatByteSize(bytes)}/s`),
};
