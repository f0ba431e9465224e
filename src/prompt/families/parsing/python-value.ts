/**
 * Values as Python writes them, in the calls of models that were trained to write Python: strings in either quotes, numbers, `True`, `None`,
 * lists and dicts. Bare words are text.
 */
export interface ReadValue {
  readonly value: unknown;
  readonly endIndex: number;
}

/** Real calls nest a handful of levels; each costs a stack frame. */
const maxDepth = 100;

export interface PythonReading {
  /** Characters that end a bare word. */
  readonly stops: string;
  /** Whether a string's escapes are resolved. */
  readonly unescapes: boolean;
}

/** The value at `start`; undefined when there is none or it never ends. */
export function readPythonValue(text: string, start: number, reading: PythonReading, depth = 0): ReadValue | undefined {
  if (depth > maxDepth) return undefined;
  const index = skipBlanks(text, start);
  const first = text[index];
  if (first === '"' || first === "'") return readString(text, index, reading.unescapes);
  if (first === '[') return readList(text, index, depth);
  if (first === '{') return readDict(text, index, depth);
  return readWord(text, index, reading.stops);
}

function skipBlanks(text: string, start: number): number {
  let index = start;
  while (/\s/.test(text[index] ?? '')) index += 1;
  return index;
}

function readString(text: string, start: number, unescapes: boolean): ReadValue | undefined {
  const quote = text[start];
  let index = start + 1;
  while (index < text.length && text[index] !== quote) index += text[index] === '\\' ? 2 : 1;
  if (index >= text.length) return undefined;
  const inside = text.slice(start + 1, index);
  return { value: unescapes ? inside.replace(/\\([\s\S])/g, unescaped) : inside, endIndex: index + 1 };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" };

const unescaped = (escape: string, character: string): string => escapes[character] ?? escape;

const inside: PythonReading = { stops: ',]}:', unescapes: true };

function readList(text: string, start: number, depth: number): ReadValue | undefined {
  const items: unknown[] = [];
  let index = skipBlanks(text, start + 1);
  while (text[index] !== ']') {
    const item = readPythonValue(text, index, inside, depth + 1);
    if (item === undefined) return undefined;
    items.push(item.value);
    const next = behindItem(text, item.endIndex, ']');
    if (next === undefined) return undefined;
    index = next;
  }
  return { value: items, endIndex: index + 1 };
}

function readDict(text: string, start: number, depth: number): ReadValue | undefined {
  const entries: [string, unknown][] = [];
  let index = skipBlanks(text, start + 1);
  while (text[index] !== '}') {
    const key = readPythonValue(text, index, inside, depth + 1);
    const colon = key === undefined ? -1 : skipBlanks(text, key.endIndex);
    if (key === undefined || text[colon] !== ':') return undefined;
    const item = readPythonValue(text, colon + 1, inside, depth + 1);
    if (item === undefined) return undefined;
    entries.push([String(key.value), item.value]);
    const next = behindItem(text, item.endIndex, '}');
    if (next === undefined) return undefined;
    index = next;
  }
  return { value: Object.fromEntries(entries), endIndex: index + 1 };
}

/** Where the next item, or the closing bracket, stands. */
function behindItem(text: string, end: number, close: string): number | undefined {
  const index = skipBlanks(text, end);
  if (text[index] === ',') return skipBlanks(text, index + 1);
  return text[index] === close ? index : undefined;
}

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
  ['nil', null],
]);

function readWord(text: string, start: number, stops: string): ReadValue | undefined {
  let index = start;
  while (index < text.length && !stops.includes(text[index] ?? '')) index += 1;
  const word = text.slice(start, index).trim();
  if (word === '') return undefined;
  if (words.has(word)) return { value: words.get(word), endIndex: index };
  const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(word);
  return { value: isNumber ? Number(word) : word, endIndex: index };
}
