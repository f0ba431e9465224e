/**
 * What was typed before, kept in `history` of the user's `.ollama` folder as Ollama keeps it: one entry per line, the newest
 * last. Prompts may be private, so only the user can read the file, and there is none when history is switched off.
 *
 * Another chat may write the file at the same time: each entry is added to what the file holds by then.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const maxHistoryEntries = 100;
/** A file much longer than a hundred prompts was not written by this program or Ollama. */
const maxHistoryCharacters = 16 * 1024 * 1024;

/** Stands for a line break inside an entry; in Ollama, which reads the same file, it is shown as one unknown character. */
const lineBreakMark = '\u2028';

export interface InputHistory {
  /** Oldest first. */
  readonly entries: readonly string[];
  add(entry: string): void;
  setEnabled(enabled: boolean): void;
}

export function openInputHistory(file: string, startEnabled: boolean): InputHistory {
  let enabled = startEnabled;
  let entries = enabled ? readEntries(file) : [];
  return {
    get entries() {
      return entries;
    },
    add(entry) {
      if (!enabled || entry.trim() === '') return;
      entries = addEntry(entries, entry);
      writeEntries(file, addEntry(readEntries(file), entry));
    },
    setEnabled(next) {
      enabled = next;
    },
  };
}

/** An entry equal to the last is not repeated. */
export function addEntry(entries: readonly string[], entry: string): readonly string[] {
  return entries.at(-1) === entry ? entries : [...entries, entry].slice(-maxHistoryEntries);
}

function readEntries(file: string): readonly string[] {
  try {
    const text = readFileSync(file, 'utf8').slice(-maxHistoryCharacters);
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.slice(-maxHistoryEntries).map((line) => line.replaceAll(lineBreakMark, '\n'));
  } catch {
    // No file yet, or none that may be read: the history starts empty.
    return [];
  }
}

function writeEntries(file: string, entries: readonly string[]): void {
  const text = entries.map((entry) => entry.replaceAll('\n', lineBreakMark) + '\n').join('');
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    replaceFile(file, text);
  } catch {
    // A home that cannot be written costs the history of the next session, which is no reason to disturb this one.
  }
}

/** Whoever reads the file sees the old text or the new, never a part, and only the user may. */
function replaceFile(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}
