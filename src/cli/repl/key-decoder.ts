/**
 * Bytes of a terminal in raw mode as keys.
 *
 * A read may end anywhere: inside a UTF-8 character (Hangul from an input method arrives so), inside an escape sequence or inside
 * a paste, so everything unfinished waits for the next read. Only a lone ESC cannot be told from the start of a sequence; the
 * owner calls `flush` when nothing has followed for a moment.
 */
import { StringDecoder } from 'node:string_decoder';

export type KeyName =
  | 'enter' | 'newline' | 'tab' | 'backspace' | 'delete' | 'escape'
  | 'up' | 'down' | 'left' | 'right' | 'home' | 'end' | 'word-left' | 'word-right'
  | 'ctrl-a' | 'ctrl-b' | 'ctrl-c' | 'ctrl-d' | 'ctrl-e' | 'ctrl-f' | 'ctrl-g' | 'ctrl-k' | 'ctrl-l'
  | 'ctrl-n' | 'ctrl-p' | 'ctrl-u' | 'ctrl-w' | 'ctrl-z' | 'alt-b' | 'alt-d' | 'alt-f' | 'alt-backspace'; // prettier-ignore

export type Key =
  | { readonly kind: 'key'; readonly name: KeyName }
  | { readonly kind: 'text'; readonly text: string }
  /** Part of a bracketed paste; line ends are `\n`. */
  | { readonly kind: 'paste'; readonly text: string };

export interface KeyDecoder {
  decode(bytes: Uint8Array): Key[];
  /** Whether an ESC waits for what follows it. */
  readonly waiting: boolean;
  /** Takes a waiting ESC as the key of that name. */
  flush(): Key[];
}

const escape = '\u001b';
const pasteStart = '\u001b[200~';
const pasteEnd = '\u001b[201~';
// oxlint-disable-next-line no-control-regex -- escape sequences are what this is about
const sequence = /^\u001b(?:\[\[?[0-?]*[ -/]*[@-~]|O[ -~]|[^[O\u001b])/;
// oxlint-disable-next-line no-control-regex
const textRun = /^[^\u0000-\u001f\u007f]+/;
// oxlint-disable-next-line no-control-regex -- C1 controls would steer the terminal when the line is shown
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** No terminal sends a longer sequence; more without an end is noise and must not swallow what is typed after it. */
const maxSequenceLength = 64;

const controlKeys: ReadonlyMap<string, KeyName> = new Map([
  ['\r', 'enter'], ['\n', 'newline'], ['\t', 'tab'], ['\u007f', 'backspace'], ['\b', 'backspace'],
  ['\u0001', 'ctrl-a'], ['\u0002', 'ctrl-b'], ['\u0003', 'ctrl-c'], ['\u0004', 'ctrl-d'], ['\u0005', 'ctrl-e'],
  ['\u0006', 'ctrl-f'], ['\u0007', 'ctrl-g'], ['\u000b', 'ctrl-k'], ['\u000c', 'ctrl-l'], ['\u000e', 'ctrl-n'],
  ['\u0010', 'ctrl-p'], ['\u0015', 'ctrl-u'], ['\u0017', 'ctrl-w'], ['\u001a', 'ctrl-z'],
]); // prettier-ignore

const sequenceKeys: ReadonlyMap<string, KeyName> = new Map([
  ['[A', 'up'], ['[B', 'down'], ['[C', 'right'], ['[D', 'left'], ['[H', 'home'], ['[F', 'end'],
  ['OA', 'up'], ['OB', 'down'], ['OC', 'right'], ['OD', 'left'], ['OH', 'home'], ['OF', 'end'],
  ['[1~', 'home'], ['[7~', 'home'], ['[4~', 'end'], ['[8~', 'end'], ['[3~', 'delete'], ['OM', 'enter'],
  ['[1;5C', 'word-right'], ['[1;5D', 'word-left'], ['[1;3C', 'word-right'], ['[1;3D', 'word-left'],
  ['[5C', 'word-right'], ['[5D', 'word-left'], ['Oc', 'word-right'], ['Od', 'word-left'],
  ['b', 'alt-b'], ['f', 'alt-f'], ['d', 'alt-d'], ['\u007f', 'alt-backspace'], ['\b', 'alt-backspace'], ['\r', 'newline'],
]); // prettier-ignore

export function createKeyDecoder(): KeyDecoder {
  const utf8 = new StringDecoder('utf8');
  let pending = '';
  let pasting = false;

  const step = (): Key[] | undefined => (pasting ? stepPaste() : stepTyped());

  /** The keys of the next thing in `pending`, which it takes from there; undefined when it is not complete. */
  const stepTyped = (): Key[] | undefined => {
    const [first] = pending;
    if (first === undefined) return undefined;
    if (first !== escape) {
      const run = textRun.exec(pending)?.[0];
      pending = pending.slice(run?.length ?? 1);
      if (run !== undefined) return textKeys('text', run);
      const name = controlKeys.get(first);
      return name === undefined ? [] : [{ kind: 'key', name }];
    }
    const found = sequence.exec(pending)?.[0];
    if (found === undefined) {
      if (pending.length > 1 && pending[1] === escape) return takeEscape();
      return pending.length > maxSequenceLength ? takeEscape() : undefined;
    }
    pending = pending.slice(found.length);
    if (found === pasteStart) {
      pasting = true;
      return [];
    }
    const name = sequenceKeys.get(found.slice(1));
    return name === undefined ? [] : [{ kind: 'key', name }];
  };

  const takeEscape = (): Key[] => {
    pending = pending.slice(1);
    return [{ kind: 'key', name: 'escape' }];
  };

  const stepPaste = (): Key[] | undefined => {
    // Ctrl+C ends a paste whose end the terminal lost; a paste itself holds no such character.
    const interrupt = pending.indexOf('\u0003');
    const end = pending.indexOf(pasteEnd);
    if (end !== -1 && (interrupt === -1 || end < interrupt)) return takePaste(end, pasteEnd.length);
    if (interrupt !== -1) return takePaste(interrupt, 0);
    const ready = pending.length - unfinishedLength(pending);
    if (ready === 0) return undefined;
    const text = pending.slice(0, ready);
    pending = pending.slice(ready);
    return pasteKeys(text);
  };

  const takePaste = (length: number, markLength: number): Key[] => {
    const text = pending.slice(0, length);
    pending = pending.slice(length + markLength);
    pasting = false;
    return pasteKeys(text);
  };

  return {
    decode(bytes) {
      pending += utf8.write(Buffer.from(bytes));
      const keys: Key[] = [];
      for (let next = step(); next !== undefined; next = step()) keys.push(...next);
      return keys;
    },
    get waiting() {
      return !pasting && pending.startsWith(escape);
    },
    flush() {
      const keys: Key[] = [];
      if (!pasting && pending.startsWith(escape)) {
        keys.push(...takeEscape());
        for (let next = step(); next !== undefined; next = step()) keys.push(...next);
      }
      return keys;
    },
  };
}

/** How much at a paste's end so far could be the start of its end mark, or half a line end. */
function unfinishedLength(text: string): number {
  if (text.endsWith('\r')) return 1;
  for (let length = Math.min(pasteEnd.length - 1, text.length); length > 0; length -= 1) {
    if (pasteEnd.startsWith(text.slice(-length))) return length;
  }
  return 0;
}

function pasteKeys(text: string): Key[] {
  return textKeys('paste', text.replace(/\r\n?/g, '\n'));
}

function textKeys(kind: 'text' | 'paste', text: string): Key[] {
  const printable = text.replace(unprintable, '');
  return printable === '' ? [] : [{ kind, text: printable }];
}
