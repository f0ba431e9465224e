/** Does a text match a GBNF grammar? Follows all stacks of the grammar at once, as the engine does while it samples. */
import { type GbnfElement, type GbnfGrammar, parseGbnf } from './gbnf-parser.ts';

/** What is still to be matched: the element at `index` and what follows it, then `below`. Equal stacks are one object. */
interface Stack {
  readonly elements: readonly GbnfElement[];
  readonly index: number;
  readonly below: Stack | undefined;
}

export class GbnfRecogniser {
  readonly #grammar: GbnfGrammar;
  readonly #stacks = new Map<Stack | undefined, Map<readonly GbnfElement[], Stack[]>>();
  /** The most stacks alive at once so far: what the engine pays for each token. */
  mostStacks = 0;

  constructor(source: string) {
    this.#grammar = parseGbnf(source);
  }

  /** Is the whole of `text` a text of the grammar? */
  matches(text: string): boolean {
    return this.#follow(text)?.has(undefined) ?? false;
  }

  /** Can `text` be completed to a text of the grammar? */
  allowsPrefix(text: string): boolean {
    return this.#follow(text) !== undefined;
  }

  /** The stacks after `text`; the member undefined stands for an empty one, the end of the grammar. */
  #follow(text: string): Set<Stack | undefined> | undefined {
    this.#stacks.clear();
    const root = (this.#grammar.rules[this.#grammar.root] ?? []).map((elements) => this.#stack(elements, 0, undefined));
    let current = this.#atCharacters(root);
    for (const character of text) {
      const codePoint = character.codePointAt(0) ?? 0;
      const next: (Stack | undefined)[] = [];
      for (const stack of current) {
        const element = stack?.elements[stack.index];
        if (stack === undefined || element === undefined || 'rule' in element) continue;
        const inside = element.ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
        if (inside !== element.negated) next.push(this.#stack(stack.elements, stack.index + 1, stack.below));
      }
      current = this.#atCharacters(next);
      this.mostStacks = Math.max(this.mostStacks, current.size);
      if (current.size === 0) return undefined;
    }
    return current;
  }

  /** The stacks with a character on top (or empty) that `stacks` lead to. */
  #atCharacters(stacks: readonly (Stack | undefined)[]): Set<Stack | undefined> {
    const found = new Set<Stack | undefined>();
    const seen = new Set<Stack | undefined>();
    const open = [...stacks];
    while (open.length > 0) {
      const stack = open.pop();
      if (seen.has(stack)) continue;
      seen.add(stack);
      const element = stack?.elements[stack.index];
      if (stack === undefined || element === undefined || !('rule' in element)) {
        found.add(stack);
        continue;
      }
      const below = this.#stack(stack.elements, stack.index + 1, stack.below);
      for (const elements of this.#grammar.rules[element.rule] ?? []) open.push(this.#stack(elements, 0, below));
    }
    return found;
  }

  #stack(elements: readonly GbnfElement[], index: number, below: Stack | undefined): Stack | undefined {
    if (index === elements.length) return below;
    const byElements = this.#stacks.get(below) ?? new Map<readonly GbnfElement[], Stack[]>();
    this.#stacks.set(below, byElements);
    const byIndex = byElements.get(elements) ?? [];
    byElements.set(elements, byIndex);
    const known = byIndex[index];
    if (known !== undefined) return known;
    const made: Stack = { elements, index, below };
    byIndex[index] = made;
    return made;
  }
}
