/**
 * Reads GBNF as llama.cpp's grammar parser does: the same escapes, the same rewriting of repetitions into rules, the same limits. A
 * grammar that this parser takes, the engine takes; tests of grammars need no engine then.
 */

/** One character class, or a reference to a rule by number. */
export type GbnfElement =
  | { readonly ranges: readonly (readonly [first: number, last: number])[]; readonly negated: boolean }
  | { readonly rule: number };

export interface GbnfGrammar {
  /** Per rule, its alternatives. */
  readonly rules: readonly (readonly (readonly GbnfElement[])[])[];
  readonly root: number;
}

/** The engine's limit on the rules that a repetition writes out. */
const repetitionThreshold = 2000;

export function parseGbnf(source: string): GbnfGrammar {
  return new GbnfParser(source).parse();
}

class GbnfParser {
  readonly #source: string;
  readonly #numbers = new Map<string, number>();
  readonly #rules: GbnfElement[][][] = [];
  #position = 0;
  #symbols = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): GbnfGrammar {
    this.#space(true);
    while (this.#position < this.#source.length) {
      const number = this.#named(this.#name());
      this.#space(false);
      this.#expect('::=');
      this.#space(true);
      this.#rules[number] = this.#alternatives(false);
      if (this.#position < this.#source.length && !this.#take('\n')) throw this.#error('expecting newline or end');
      this.#space(true);
    }
    const root = this.#numbers.get('root');
    if (root === undefined) throw new Error('no root rule');
    for (const [name, number] of this.#numbers)
      if (this.#rules[number] === undefined) throw new Error(`undefined rule ${name}`);
    refuseLeftRecursion(this.#rules);
    return { rules: this.#rules, root };
  }

  #alternatives(nested: boolean): GbnfElement[][] {
    const all = [this.#sequence(nested)];
    while (this.#take('|')) {
      this.#space(true);
      all.push(this.#sequence(nested));
    }
    return all;
  }

  #sequence(nested: boolean): GbnfElement[] {
    const elements: GbnfElement[] = [];
    let last = 0;
    let weight = 1;
    for (;;) {
      const start = elements.length;
      const symbolsBefore = this.#symbols;
      if (this.#take('"')) {
        while (!this.#take('"')) elements.push(characterElement(this.#character()));
      } else if (this.#take('[')) elements.push(this.#class());
      else if (this.#take('(')) {
        this.#space(true);
        const number = this.#fresh();
        this.#rules[number] = this.#alternatives(true);
        this.#expect(')');
        elements.push({ rule: number });
      } else if (/[A-Za-z0-9-]/.test(this.#peek())) elements.push({ rule: this.#named(this.#name()) });
      else {
        const counts = this.#counts();
        if (counts === undefined) return elements;
        if (last === elements.length) throw this.#error('nothing to repeat');
        weight = this.#repeat(elements, last, counts, weight);
        this.#space(nested);
        continue;
      }
      last = start;
      weight = Math.max(1, this.#symbols - symbolsBefore);
      this.#space(nested);
    }
  }

  #counts(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    if (!this.#take('{')) return undefined;
    const match = /^(\d+)(,(\d*))?\}/.exec(this.#source.slice(this.#position, this.#position + 40));
    if (match === null) throw this.#error('broken repetition');
    this.#position += match[0].length;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === '' ? Infinity : Number(match[3]);
    if (least > repetitionThreshold) throw this.#error('too many repetitions');
    // The engine goes on without a maximum here, so a grammar that relies on one would be wrong.
    if (most !== Infinity && most > repetitionThreshold) throw this.#error('maximum of repetitions is lost');
    return [least, most];
  }

  #repeat(elements: GbnfElement[], start: number, [least, most]: readonly [number, number], weight: number): number {
    const times = most === Infinity ? Math.max(1, least) : most > 0 ? most : Math.max(1, least);
    if (weight * times > repetitionThreshold) throw this.#error('repetition writes out too many rules');
    const item = elements.splice(start);
    for (let count = 0; count < least; count++) elements.push(...item);
    let previous: number | undefined;
    for (let count = 0; count < (most === Infinity ? 1 : most - least); count++) {
      const number = this.#fresh();
      const following = most === Infinity ? number : previous;
      this.#rules[number] = [following === undefined ? item : [...item, { rule: following }], []];
      previous = number;
    }
    if (previous !== undefined) elements.push({ rule: previous });
    return weight * times;
  }

  #class(): GbnfElement {
    const negated = this.#take('^');
    const ranges: [number, number][] = [];
    while (!this.#take(']')) {
      const first = this.#character();
      const isRange = this.#peek() === '-' && this.#source[this.#position + 1] !== ']';
      if (isRange) this.#position++;
      ranges.push([first, isRange ? this.#character() : first]);
    }
    return { ranges, negated };
  }

  #character(): number {
    const codePoint = this.#source.codePointAt(this.#position);
    if (codePoint === undefined) throw this.#error('unexpected end of input');
    this.#position += codePoint > 0xffff ? 2 : 1;
    if (codePoint !== 0x5c) return codePoint;
    const escape = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([tnr\\"[\]-]))/.exec(
      this.#source.slice(this.#position, this.#position + 9),
    );
    if (escape === null) throw this.#error('unknown escape');
    this.#position += escape[0].length;
    const named = escape[4];
    if (named !== undefined) return ({ t: '\t', n: '\n', r: '\r' }[named] ?? named).charCodeAt(0);
    return Number.parseInt(escape[1] ?? escape[2] ?? escape[3] ?? '', 16);
  }

  #name(): string {
    const name = /^[A-Za-z0-9-]+/.exec(this.#source.slice(this.#position, this.#position + 200))?.[0];
    if (name === undefined) throw this.#error('expecting name');
    this.#position += name.length;
    return name;
  }

  #named(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#fresh();
    this.#numbers.set(name, number);
    return number;
  }

  #fresh(): number {
    return this.#symbols++;
  }

  #space(newlines: boolean): void {
    const blank = newlines ? /[ \t\r\n]/ : /[ \t]/;
    while (blank.test(this.#peek())) this.#position++;
  }

  #peek(): string {
    return this.#source[this.#position] ?? '';
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#error(`expecting ${text}`);
  }

  #error(reason: string): Error {
    return new Error(`${reason} at ${JSON.stringify(this.#source.slice(this.#position, this.#position + 60))}`);
  }
}

function characterElement(codePoint: number): GbnfElement {
  return { ranges: [[codePoint, codePoint]], negated: false };
}

function refuseLeftRecursion(rules: readonly (readonly (readonly GbnfElement[])[])[]): void {
  const state = rules.map(() => 'new');
  const nullable = new Set<number>();
  for (let before = -1; before !== nullable.size;) {
    before = nullable.size;
    for (const [number, alternatives] of rules.entries()) {
      if (alternatives.some((each) => each.every((element) => 'rule' in element && nullable.has(element.rule))))
        nullable.add(number);
    }
  }
  const visit = (number: number): void => {
    if (state[number] === 'done') return;
    if (state[number] === 'open') throw new Error('left recursion');
    state[number] = 'open';
    for (const elements of rules[number] ?? []) {
      for (const element of elements) {
        if (!('rule' in element)) break;
        visit(element.rule);
        if (!nullable.has(element.rule)) break;
      }
    }
    state[number] = 'done';
  };
  for (const number of rules.keys()) visit(number);
}
