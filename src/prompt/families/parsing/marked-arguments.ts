/**
 * The arguments of Google's function-calling models: like JSON with bare keys, strings between two markers. Models forget the last marker or
 * brace, or fall back on plain quotes; what they meant is mostly clear, and where it isn't there is no call.
 */
export interface MarkedSyntax {
  /** The marker on both sides of a string. */
  readonly quote: string;
  /** Whether a bare text may be the value of this argument. Nested keys are asked for too. */
  readonly isText: (key: string) => boolean;
  /** The names behind a comma that end such a text; any name when absent. */
  readonly knownKeys?: ReadonlySet<string>;
}

/** Real calls nest a handful of levels; each costs a stack frame. */
const maxDepth = 100;

/** The object that is the whole of `text`; undefined when it is none. */
export function readMarkedArguments(text: string, syntax: MarkedSyntax): Record<string, unknown> | undefined {
  const reader = new MarkedReader(text, syntax);
  const value = reader.readObject(0);
  return reader.failed || !reader.isAtEnd() ? undefined : value;
}

class MarkedReader {
  failed = false;
  readonly #text: string;
  readonly #syntax: MarkedSyntax;
  #index = 0;
  /** Something was missing or of another form inside, so a missing last brace is no surprise. */
  #isMended = false;

  constructor(text: string, syntax: MarkedSyntax) {
    this.#text = text;
    this.#syntax = syntax;
  }

  isAtEnd(): boolean {
    this.#skipSpace();
    return this.#index >= this.#text.length;
  }

  readObject(depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    this.#expect('{');
    while (!this.failed && !this.#closes('}', depth)) {
      const key = this.#readKey();
      this.#expect(':');
      if (this.failed) break;
      entries.push([key, this.#readValue(key, depth + 1)]);
      this.#separate('}', depth);
    }
    return Object.fromEntries(entries);
  }

  #readList(key: string, depth: number): unknown[] {
    const items: unknown[] = [];
    this.#expect('[');
    while (!this.failed && !this.#closes(']', depth)) {
      items.push(this.#readValue(key, depth + 1));
      this.#separate(']', depth);
    }
    return items;
  }

  #readKey(): string {
    this.#skipSpace();
    const { quote } = this.#syntax;
    if (this.#text.startsWith(quote, this.#index)) return this.#readQuoted(quote);
    if (this.#text[this.#index] === '"') return String(this.#readJson(/"(?:[^"\\]|\\.)*"/y));
    const key = /[^:,{}[\]]+/y;
    key.lastIndex = this.#index;
    const found = key.exec(this.#text)?.[0] ?? '';
    this.#index += found.length;
    this.failed ||= found === '';
    return found.trim();
  }

  #readValue(key: string, depth: number): unknown {
    if (depth > maxDepth) this.failed = true;
    if (this.failed) return undefined;
    this.#skipSpace();
    const { quote } = this.#syntax;
    const at = this.#index;
    if (this.#text.startsWith(quote, at)) return this.#readQuoted(quote);
    const first = this.#text[at];
    if (first === '{') return this.readObject(depth);
    if (first === '[') return this.#readList(key, depth);
    if (first === '"') return this.#readJson(/"(?:[^"\\]|\\.)*"/y);
    if (first === "'") return this.#readSingleQuoted();
    const literal = /(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s*(?:[,}\]]|$))/y;
    literal.lastIndex = at;
    return literal.test(this.#text) ? this.#readJson(literal) : this.#readBare(key);
  }

  /** Up to the closing marker; without one, up to the brace or bracket that ends the text. */
  #readQuoted(quote: string): string {
    const start = this.#index + quote.length;
    const close = this.#text.indexOf(quote, start);
    this.#isMended ||= close < 0;
    const end = close < 0 ? this.#lastClosing(start) : close;
    this.#index = close < 0 ? end : close + quote.length;
    return this.#text.slice(start, end);
  }

  #readSingleQuoted(): string {
    const match = /'((?:[^'\\]|\\[\s\S])*)'/y;
    match.lastIndex = this.#index;
    const found = match.exec(this.#text);
    this.failed ||= found === null;
    this.#isMended = true;
    this.#index += found?.[0].length ?? 0;
    const { quote } = this.#syntax;
    if (this.#text.startsWith(quote, this.#index)) this.#index += quote.length;
    return found?.[1] ?? '';
  }

  #readJson(pattern: RegExp): unknown {
    pattern.lastIndex = this.#index;
    const found = pattern.exec(this.#text)?.[0];
    try {
      if (found !== undefined) {
        this.#index += found.length;
        return JSON.parse(found) as unknown;
      }
    } catch {
      // A string with raw control characters, say: no call.
    }
    this.failed = true;
    return undefined;
  }

  #readBare(key: string): string {
    const start = this.#index;
    if (!this.#syntax.isText(key)) this.failed = true;
    this.#isMended = true;
    const { knownKeys } = this.#syntax;
    const next = knownKeys === undefined ? /[,}\]]/g : /,\s*([\p{L}\p{Nd}_]+)\s*:/gu;
    next.lastIndex = start;
    let found = next.exec(this.#text);
    while (found?.[1] !== undefined && !knownKeys?.has(found[1])) found = next.exec(this.#text);
    this.#index = found?.index ?? this.#lastClosing(start);
    return this.#text.slice(start, this.#index);
  }

  #lastClosing(start: number): number {
    const end = this.#text.trimEnd().length;
    return end > start && /[}\]]/.test(this.#text[end - 1] ?? '') ? end - 1 : this.#text.length;
  }

  /** Takes a closing bracket. In a text that had to be mended anyway, the outermost may be missing. */
  #closes(bracket: string, depth: number): boolean {
    this.#skipSpace();
    if (this.#text[this.#index] === bracket) {
      this.#index += 1;
      return true;
    }
    const isOver = this.#index >= this.#text.length;
    if (isOver && (depth > 0 || !this.#isMended)) this.failed = true;
    return isOver;
  }

  #separate(bracket: string, depth: number): void {
    this.#skipSpace();
    const next = this.#text[this.#index];
    if (next === ',') this.#index += 1;
    else if (next !== bracket && !(next === undefined && depth === 0)) this.failed = true;
  }

  #expect(character: string): void {
    this.#skipSpace();
    if (this.#text[this.#index] === character) this.#index += 1;
    else this.failed = true;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#index] ?? '')) this.#index += 1;
  }
}
