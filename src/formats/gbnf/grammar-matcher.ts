/**
 * Follows a text through a grammar, byte by byte, as a pushdown automaton whose positions are made when they are first reached.
 *
 * A position is the set of all readings of the text so far; a reading is a stack of what must still come, its top a set of characters.
 * Equal stacks are one object, and equal sets of stacks are one position, so the inside of a string, for example, is one position that
 * leads to itself, and whatever is known of it (what each character leads to, which tokens are allowed) holds wherever it is reached.
 *
 * A grammar may be hostile: readings, steps and memory are bounded, and a text that would need more is refused with the typed error.
 */
import { hasCodePoint, type CodePointSet } from '../json-schema-grammar/automaton/code-point-set.ts';
import type { GbnfGrammar, GbnfSequence } from './gbnf-grammar.ts';
import { gbnfLimits } from './gbnf-limits.ts';
import { refuseGrammar } from './gbnf-refusal.ts';
import { type GrammarPlace, PartialCharacter } from './partial-character.ts';

/** What must still come: the rest of a sequence, and below it what comes behind. */
interface Stack {
  readonly id: number;
  readonly sequence: GbnfSequence;
  readonly index: number;
  readonly below: Stack | undefined;
  /** The stacks directly upon this one, by their sequence and index. */
  readonly above: Map<GbnfSequence, Stack[]>;
}

export class GrammarMatcher {
  readonly #grammar: GbnfGrammar;
  #positions = new Map<string, GrammarPosition>();
  #bottom = new Map<GbnfSequence, Stack[]>();
  #nextId = 0;
  #work: number = gbnfLimits.stepWork;
  #start: GrammarPosition | undefined;

  constructor(grammar: GbnfGrammar) {
    this.#grammar = grammar;
  }

  /** Before the first character. */
  get start(): GrammarPosition {
    const sequences = this.#grammar.rules[this.#grammar.root] ?? [];
    this.#start ??= this.position(sequences.map((sequence) => this.push(sequence, 0, undefined)));
    return this.#start;
  }

  /** Lets the work for another token be done; beyond it positions throw `invalid_format`. */
  renewWork(): void {
    this.#work = gbnfLimits.stepWork;
  }

  spend(steps: number): void {
    this.#work -= steps;
    if (this.#work < 0) throw refuseGrammar('the text has too many readings at once');
  }

  /** The stack of `sequence` from `index` on, upon `below`; nothing is left of a sequence that has ended. */
  push(sequence: GbnfSequence, index: number, below: Stack | undefined): Stack | undefined {
    if (index === sequence.length) return below;
    const siblings = below === undefined ? this.#bottom : below.above;
    let bySequence = siblings.get(sequence);
    if (bySequence === undefined) siblings.set(sequence, (bySequence = []));
    return (bySequence[index] ??= { id: this.#nextId++, sequence, index, below, above: new Map() });
  }

  /** The position of all readings that `stacks` come to once rules on top have been replaced by what they stand for. */
  position(stacks: readonly (Stack | undefined)[]): GrammarPosition {
    const open = [...stacks];
    const seen = new Set<Stack>();
    const readings: Stack[] = [];
    let mayEnd = false;
    for (let steps = 0; open.length > 0; steps++) {
      if (steps > gbnfLimits.closureSteps) throw refuseGrammar('too many rules begin with one another');
      const stack = open.pop();
      if (stack === undefined) mayEnd = true;
      if (stack === undefined || seen.has(stack)) continue;
      seen.add(stack);
      const element = stack.sequence[stack.index];
      if (typeof element !== 'number') {
        readings.push(stack);
        continue;
      }
      const below = this.push(stack.sequence, stack.index + 1, stack.below);
      for (const sequence of this.#grammar.rules[element] ?? []) open.push(this.push(sequence, 0, below));
    }
    this.spend(seen.size);
    if (readings.length > gbnfLimits.readings) throw refuseGrammar('the text has too many readings at once');
    return this.#known(readings, mayEnd);
  }

  #known(readings: Stack[], mayEnd: boolean): GrammarPosition {
    const ids = readings.map(({ id }) => id).sort((one, other) => one - other);
    const key = `${mayEnd ? '$' : ''}${ids.join()}`;
    const known = this.#positions.get(key);
    if (known !== undefined) return known;
    if (this.#positions.size >= gbnfLimits.rememberedPositions) this.#forget();
    const made = new GrammarPosition(this, readings, mayEnd);
    this.#positions.set(key, made);
    return made;
  }

  /** Those in use go on with what they hold; the rest is made again when it is reached again. */
  #forget(): void {
    this.#positions = new Map();
    this.#bottom = new Map();
    this.#start = undefined;
  }
}

export class GrammarPosition implements GrammarPlace {
  readonly mayEnd: boolean;
  readonly #matcher: GrammarMatcher;
  readonly #readings: readonly Stack[];
  /** By ASCII character, what it leads to; null where it is not allowed. */
  readonly #ascii: (GrammarPosition | null | undefined)[] = [];
  /** By the readings that take a character. Most characters are taken by the same ones. */
  readonly #byReadings = new Map<string, GrammarPosition>();

  constructor(matcher: GrammarMatcher, readings: readonly Stack[], mayEnd: boolean) {
    this.#matcher = matcher;
    this.#readings = readings;
    this.mayEnd = mayEnd;
  }

  /** Neither a character nor the end is allowed. */
  get isDeadEnd(): boolean {
    return this.#readings.length === 0 && !this.mayEnd;
  }

  afterByte(byte: number): GrammarPlace | undefined {
    return byte < 0x80 ? this.after(byte) : PartialCharacter.begun(this, byte);
  }

  /** The position behind one more character, or undefined where it is not allowed. */
  after(codePoint: number): GrammarPosition | undefined {
    if (codePoint >= 0x80) return this.#step(codePoint);
    let known = this.#ascii[codePoint];
    if (known === undefined) this.#ascii[codePoint] = known = this.#step(codePoint) ?? null;
    return known ?? undefined;
  }

  /** Is any of the characters from `first` to `last` allowed? */
  allowsAny(first: number, last: number): boolean {
    this.#matcher.spend(this.#readings.length);
    return this.#readings.some((reading) => charactersOf(reading).some(([low, high]) => low <= last && first <= high));
  }

  #step(codePoint: number): GrammarPosition | undefined {
    this.#matcher.spend(this.#readings.length);
    const taking: number[] = [];
    for (const [index, reading] of this.#readings.entries()) {
      if (hasCodePoint(charactersOf(reading), codePoint)) taking.push(index);
    }
    if (taking.length === 0) return undefined;
    const key = taking.join();
    const known = this.#byReadings.get(key);
    if (known !== undefined) return known;
    const next = this.#matcher.position(
      taking.map((index) => {
        const reading = this.#readings[index];
        return reading && this.#matcher.push(reading.sequence, reading.index + 1, reading.below);
      }),
    );
    this.#byReadings.set(key, next);
    return next;
  }
}

function charactersOf({ sequence, index }: Stack): CodePointSet {
  const element = sequence[index];
  return typeof element === 'object' ? element : [];
}
