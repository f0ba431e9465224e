/**
 * Reads GBNF, the notation of llama.cpp's grammars, from a text that may be hostile: every limit is checked before the work is done.
 * Repetitions are written out as rules, so what comes out knows only sequences, alternatives and characters. Elements that name a
 * token (`<[12]>`, `<think>`) are refused: they mean something else for every model.
 */
import {
  type CodePointSet,
  codePointSet,
  complement,
  allCodePoints,
} from '../json-schema-grammar/automaton/code-point-set.ts';
import type { GbnfElement, GbnfGrammar, GbnfSequence } from './gbnf-grammar.ts';
import { gbnfLimits } from './gbnf-limits.ts';
import { refuseGrammar } from './gbnf-refusal.ts';
import { findLeftRecursion } from './left-recursion.ts';

/** Throws `invalid_format` (400) with the line of what is wrong. */
export function parseGbnf(text: string): GbnfGrammar {
  if (text.length > gbnfLimits.textLength) {
    throw refuseGrammar(`more than ${gbnfLimits.textLength} characters`);
  }
  const parser = new GbnfParser(text);
  const grammar = parser.parse();
  const recursive = findLeftRecursion(grammar.rules);
  if (recursive !== undefined) {
    throw refuseGrammar(`the rule "${parser.nameOf(recursive)}" begins with itself (left recursion)`);
  }
  return grammar;
}

const namedEscapes: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ...['\\', '"', '[', ']', '-'].map((sign): [string, string] => [sign, sign]),
]);

/** How much of a name or of unreadable text an error shows. */
const shownLength = 40;

class GbnfParser {
  readonly #text: string;
  readonly #numbers = new Map<string, number>();
  /** Where each named rule was first spoken of, for the error when it is never defined. */
  readonly #firstSeen = new Map<number, number>();
  readonly #rules: (GbnfSequence[] | undefined)[] = [];
  /** The named rule that a rule stands in. */
  readonly #owners: string[] = [];
  #position = 0;
  #depth = 0;
  #elements = 0;
  #owner = '';

  constructor(text: string) {
    this.#text = text;
  }

  parse(): GbnfGrammar {
    this.#blanks(true);
    while (this.#position < this.#text.length) this.#rule();
    const root = this.#numbers.get('root');
    if (root === undefined || this.#rules[root] === undefined)
      throw refuseGrammar('no rule is named "root"; there is no start');
    const rules = this.#rules.map((rule, number) => {
      if (rule !== undefined) return rule;
      throw this.#refuse(`the rule "${this.nameOf(number)}" is not defined`, this.#firstSeen.get(number));
    });
    return { rules, root };
  }

  /** The name of a rule, or of the one that a group or repetition stands in. */
  nameOf(rule: number): string {
    return (this.#owners[rule] ?? '').slice(0, shownLength);
  }

  #rule(): void {
    const number = this.#named(this.#name());
    this.#owner = this.#owners[number] ?? '';
    this.#blanks(false);
    if (!this.#take('::=')) throw this.#refuse('"::=" is missing');
    this.#blanks(true);
    this.#rules[number] = this.#alternatives(false);
    if (this.#position < this.#text.length && !/[\r\n]/.test(this.#peek())) {
      const rest = this.#text.slice(this.#position, this.#position + shownLength).split(/[\r\n]/)[0] ?? '';
      throw this.#refuse(`${JSON.stringify(rest)} cannot be read`);
    }
    this.#blanks(true);
  }

  #alternatives(nested: boolean): GbnfSequence[] {
    const all = [this.#sequence(nested)];
    while (this.#take('|')) {
      this.#blanks(true);
      all.push(this.#sequence(nested));
    }
    return all;
  }

  #sequence(nested: boolean): GbnfSequence {
    const elements: GbnfElement[] = [];
    let lastStart = 0;
    for (;;) {
      const start = elements.length;
      const item = this.#item();
      if (item !== undefined) {
        this.#count(item.length);
        for (const element of item) elements.push(element);
        lastStart = start;
      } else {
        const counts = this.#repetition();
        if (counts === undefined) return elements;
        if (lastStart === elements.length) throw this.#refuse('there is nothing to repeat');
        for (const element of this.#repeated(elements.splice(lastStart), counts)) elements.push(element);
      }
      this.#blanks(nested);
    }
  }

  /** A literal, a class, a group or the name of a rule, as the elements it stands for. */
  #item(): GbnfElement[] | undefined {
    if (this.#take('"')) return this.#literal();
    if (this.#take('[')) return [this.#class()];
    if (this.#take('.')) return [allCodePoints];
    if (this.#take('(')) return [this.#group()];
    if (/[<!]/.test(this.#peek())) throw this.#refuse('elements that name a token are not supported');
    return /[A-Za-z0-9-]/.test(this.#peek()) ? [this.#named(this.#name())] : undefined;
  }

  #literal(): GbnfElement[] {
    const characters: CodePointSet[] = [];
    while (!this.#take('"')) {
      const codePoint = this.#character();
      characters.push([[codePoint, codePoint]]);
    }
    return characters;
  }

  #class(): CodePointSet {
    const isNegated = this.#take('^');
    const ranges: [number, number][] = [];
    while (!this.#take(']')) {
      const first = this.#character();
      const isRange = this.#peek() === '-' && this.#text[this.#position + 1] !== ']';
      if (isRange) this.#position++;
      const last = isRange ? this.#character() : first;
      if (last < first) throw this.#refuse('a range of characters ends before it begins');
      ranges.push([first, last]);
    }
    this.#count(ranges.length);
    const set = isNegated ? complement(codePointSet(ranges)) : codePointSet(ranges);
    if (set.length === 0) throw this.#refuse('a class of characters is empty');
    return set;
  }

  #group(): number {
    if (++this.#depth > gbnfLimits.groupDepth) throw this.#refuse('too many groups within groups');
    this.#blanks(true);
    const number = this.#fresh(this.#owner);
    this.#rules[number] = this.#alternatives(true);
    if (!this.#take(')')) throw this.#refuse('")" is missing');
    this.#depth--;
    return number;
  }

  #repetition(): readonly [least: number, most: number] | undefined {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    if (this.#peek() !== '{') return undefined;
    const counts = /^\{\s{0,9}(\d{1,9})\s{0,9}(?:(,)\s{0,9}(\d{0,9})\s{0,9})?\}/.exec(
      this.#text.slice(this.#position, this.#position + 60),
    );
    if (counts === null) throw this.#refuse('a count of repetitions cannot be read');
    this.#position += counts[0].length;
    const least = Number(counts[1]);
    const most = counts[2] === undefined ? least : counts[3] === '' ? Infinity : Number(counts[3]);
    if (most < least) throw this.#refuse('a repetition has more at least than at most');
    if (Math.max(least, most === Infinity ? 0 : most) > gbnfLimits.repetitions) {
      throw this.#refuse(`a repetition counts beyond ${gbnfLimits.repetitions}`);
    }
    return [least, most];
  }

  /** `item` repeated: as often as it must be, then a rule that may go on. */
  #repeated(item: readonly GbnfElement[], [least, most]: readonly [number, number]): GbnfElement[] {
    const optional = most === Infinity ? 1 : most - least;
    this.#count((item.length + 1) * (least + optional));
    const elements = Array.from({ length: least }, () => item).flat();
    let next: number | undefined;
    for (let count = 0; count < optional; count++) {
      const number = this.#fresh(this.#owner);
      const following = most === Infinity ? number : next;
      this.#rules[number] = [following === undefined ? item : [...item, following], []];
      next = number;
    }
    return next === undefined ? elements : [...elements, next];
  }

  #character(): number {
    const codePoint = this.#text.codePointAt(this.#position);
    if (codePoint === undefined) throw this.#refuse('the text ends inside of quotes or brackets');
    this.#position += codePoint > 0xffff ? 2 : 1;
    if (codePoint === 0x5c) return this.#escape();
    return this.#checked(codePoint);
  }

  #escape(): number {
    const letter = this.#peek();
    this.#position++;
    const named = namedEscapes.get(letter);
    if (named !== undefined) return named.charCodeAt(0);
    const length = { x: 2, u: 4, U: 8 }[letter];
    const digits = this.#text.slice(this.#position, this.#position + (length ?? 0));
    if (length === undefined || digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) {
      throw this.#refuse(`the escape "\\${letter}" cannot be read`);
    }
    this.#position += length;
    return this.#checked(Number.parseInt(digits, 16));
  }

  /** No model's text holds anything else. */
  #checked(codePoint: number): number {
    if (codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff)) return codePoint;
    throw this.#refuse('a character beyond Unicode, or half of a surrogate pair, stands');
  }

  #name(): string {
    const start = this.#position;
    while (/[A-Za-z0-9-]/.test(this.#peek())) this.#position++;
    if (this.#position === start) throw this.#refuse('the name of a rule is missing');
    return this.#text.slice(start, this.#position);
  }

  #named(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#fresh(name);
    this.#numbers.set(name, number);
    this.#firstSeen.set(number, this.#position);
    return number;
  }

  #fresh(owner: string): number {
    this.#count(1);
    this.#owners.push(owner);
    return this.#rules.push(undefined) - 1;
  }

  #count(elements: number): void {
    this.#elements += elements;
    if (this.#elements > gbnfLimits.elements) throw this.#refuse('the repetitions and rules are too many together');
  }

  /** Skips blanks and comments. */
  #blanks(alsoLineEnds: boolean): void {
    for (;;) {
      const character = this.#peek();
      if (character === '#') {
        while (this.#position < this.#text.length && !/[\r\n]/.test(this.#peek())) this.#position++;
      } else if (character === ' ' || character === '\t' || (alsoLineEnds && /[\r\n]/.test(character))) {
        this.#position++;
      } else return;
    }
  }

  #peek(): string {
    return this.#text[this.#position] ?? '';
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    return true;
  }

  #refuse(reason: string, position = this.#position): Error {
    return refuseGrammar(reason, this.#text.slice(0, position).split('\n').length);
  }
}
