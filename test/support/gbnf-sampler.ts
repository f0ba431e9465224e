/** Makes random texts of a GBNF grammar: what a model could emit under it, without the model. */
import { type GbnfElement, type GbnfGrammar, parseGbnf } from './gbnf-parser.ts';

/** Code points a class is sampled from, besides its own ends: escapes, quotes, letters, other planes. */
const favourites = [0x20, 0x22, 0x2d, 0x30, 0x39, 0x41, 0x5c, 0x61, 0x7a, 0x7f, 0xe9, 0x4e2d, 0x1f600];

export class GbnfSampler {
  readonly #grammar: GbnfGrammar;
  /** Per rule, the fewest characters it can end with. */
  readonly #shortest: number[];

  constructor(source: string) {
    this.#grammar = parseGbnf(source);
    this.#shortest = this.#grammar.rules.map(() => Infinity);
    for (let changed = true; changed;) {
      changed = false;
      for (const [rule, alternatives] of this.#grammar.rules.entries()) {
        const length = Math.min(...alternatives.map((each) => this.#length(each)));
        if (length >= (this.#shortest[rule] ?? 0)) continue;
        this.#shortest[rule] = length;
        changed = true;
      }
    }
  }

  /** A text; `random` gives numbers in [0, 1). After about `length` characters it takes the shortest way to the end. */
  sample(random: () => number, length: number): string {
    const open: GbnfElement[] = [{ rule: this.#grammar.root }];
    const text: string[] = [];
    for (let element = open.pop(); element !== undefined; element = open.pop()) {
      if (!('rule' in element)) {
        text.push(String.fromCodePoint(pickCharacter(element, random)));
        continue;
      }
      const alternatives = this.#grammar.rules[element.rule] ?? [];
      const hurried = text.length >= length;
      const least = this.#shortest[element.rule] ?? 0;
      const ways = alternatives.filter((each) =>
        hurried ? this.#length(each) === least : this.#length(each) < Infinity,
      );
      const way = ways[Math.floor(random() * ways.length)];
      if (way === undefined) throw new Error('a rule of the grammar cannot be completed');
      open.push(...way.toReversed());
    }
    return text.join('');
  }

  #length(elements: readonly GbnfElement[]): number {
    return elements.reduce((sum, element) => sum + ('rule' in element ? (this.#shortest[element.rule] ?? 0) : 1), 0);
  }
}

function pickCharacter(element: Exclude<GbnfElement, { rule: number }>, random: () => number): number {
  const ends = element.negated ? favourites : element.ranges.flatMap(([first, last]) => [first, last]);
  const candidates = [...ends, ...favourites].filter(
    (codePoint) => element.ranges.some(([first, last]) => codePoint >= first && codePoint <= last) !== element.negated,
  );
  const picked = candidates[Math.floor(random() * candidates.length)];
  if (picked === undefined) throw new Error('an empty character class');
  return picked;
}
