/**
 * Collects the rules of one grammar under names of their own. Names keep a hint of where in the schema they come from, because the
 * engine's log and a person debugging see nothing else.
 */
import { schemaLimits } from '../schema-limits.ts';
import { type GrammarExpression, rule, sequence } from './grammar-expression.ts';

/** Longest hint kept in a name; names repeat at every use. */
const hintLength = 24;

/**
 * Repetitions above this are built from blocks of this many. The engine writes a counted repetition out, refuses a minimum over
 * 2000 and silently drops a maximum over 2000.
 */
const blockSize = 1_000;

export class GrammarBuilder {
  readonly rules = new Map<string, GrammarExpression>();
  readonly #shared = new Map<string, GrammarExpression>();
  readonly #tooLarge: () => Error;
  #count = 0;

  constructor(tooLarge: () => Error) {
    this.#tooLarge = tooLarge;
  }

  /** A name not used before. The rule is expected to be set by `setRule`. */
  reserve(hint: string): string {
    if (++this.#count > schemaLimits.rules) throw this.#tooLarge();
    const word = hint
      .slice(0, hintLength)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '');
    return `${word === '' ? 'rule' : word}-${this.#count}`;
  }

  setRule(name: string, expression: GrammarExpression): void {
    this.rules.set(name, expression);
  }

  /** A new rule; a reference to it. */
  define(hint: string, expression: GrammarExpression): GrammarExpression {
    const name = this.reserve(hint);
    this.setRule(name, expression);
    return rule(name);
  }

  /** A rule with a fixed name, made once. Numbered names end in a digit, fixed ones must not. */
  fixed(name: string, make: () => GrammarExpression): GrammarExpression {
    if (!this.rules.has(name)) {
      this.rules.set(name, { kind: 'choice', options: [] }); // stands there while `make` refers to it
      this.rules.set(name, make());
    }
    return rule(name);
  }

  /** The expression that `make` gave for this `key` the first time. */
  shared(key: string, make: () => GrammarExpression): GrammarExpression {
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#shared.set(key, made);
    return made;
  }

  /** `item` from `least` to `most` times (`most` may be Infinity), in a form the engine's limits allow. */
  repeat(item: GrammarExpression, least: number, most: number): GrammarExpression {
    if (most === 0) return sequence();
    const unit = item.kind === 'rule' || item.kind === 'characters' ? item : this.define('item', item);
    const direct = (from: number, to: number): GrammarExpression => ({
      kind: 'repeat',
      item: unit,
      least: from,
      most: to,
    });
    if (least <= blockSize && (most <= blockSize || most === Infinity)) return direct(least, most);

    const block = this.shared(`block ${JSON.stringify(unit)}`, () =>
      this.define('block', direct(blockSize, blockSize)),
    );
    const blocks = (from: number, to: number): GrammarExpression => ({
      kind: 'repeat',
      item: block,
      least: from,
      most: to,
    });
    const parts: GrammarExpression[] = [];
    const must = Math.floor(least / blockSize);
    if (must > 0) parts.push(blocks(must, must));
    if (least % blockSize > 0) parts.push(direct(least % blockSize, least % blockSize));
    if (most === Infinity) return sequence(...parts, direct(0, Infinity));

    // Up to 1000 k + r more: whole blocks and then what is left of one, so that there are never more than three ways to count.
    const free = most - least;
    const wholeBlocks = Math.floor(free / blockSize);
    if (wholeBlocks === 0) return sequence(...parts, ...(free === 0 ? [] : [direct(0, free)]));
    const lastBlock = sequence(block, ...(free % blockSize === 0 ? [] : [direct(0, free % blockSize)]));
    const ending: GrammarExpression = { kind: 'choice', options: [lastBlock, direct(0, blockSize - 1)] };
    if (wholeBlocks > 1) parts.push(blocks(0, wholeBlocks - 1));
    return sequence(...parts, ending);
  }
}
