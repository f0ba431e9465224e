/** A grammar that holds JSON documents between other texts: each document's rules are made as for a format and get names of their own. */
import type { CodePointSet } from './automaton/code-point-set.ts';
import { choice, type GrammarExpression, rule, sequence, text } from './grammar/grammar-expression.ts';
import { printGrammar } from './grammar/print-grammar.ts';
import { rulesForSchema } from './grammar-for-schema.ts';
import type { ValueNotation } from './notation/value-notation.ts';
import { refuseSchema } from './refuse-schema.ts';
import { schemaLimits } from './schema-limits.ts';

export class GrammarComposer {
  readonly #rules = new Map<string, GrammarExpression>();
  #count = 0;

  /** The documents of a schema, as JSON or in another notation. Throws a `SchemaRefusal`. */
  document(schema: unknown, notation?: ValueNotation): GrammarExpression {
    const prefix = this.#prefix();
    for (const [name, expression] of rulesForSchema(schema, notation)) {
      this.#rules.set(prefix + name, renamed(expression, prefix));
    }
    return rule(`${prefix}root`);
  }

  /** An expression that may be used in many places. */
  define(expression: GrammarExpression): GrammarExpression {
    const name = `${this.#prefix()}part`;
    this.#rules.set(name, expression);
    return rule(name);
  }

  /** White space between two tokens of JSON, or none. */
  space(): GrammarExpression {
    if (!this.#rules.has('space')) {
      const lines: GrammarExpression = { kind: 'repeat', item: text('\n'), least: 1, most: 2 };
      const indent: GrammarExpression = { kind: 'repeat', item: text(' '), least: 0, most: 20 };
      this.#rules.set('space', choice([sequence(), text(' '), sequence(lines, indent)]));
    }
    return rule('space');
  }

  /**
   * Any text up to the first `end`, and `end` itself, with none of `without` in it: one rule for every beginning of these that the text may
   * have just read, as in Aho and Corasick.
   */
  textUntil(end: string, without: readonly string[] = []): GrammarExpression {
    const prefix = this.#prefix();
    const words = [end, ...without];
    const states = [...new Set(words.flatMap((word) => Array.from(word, (_, length) => word.slice(0, length))))];
    const state = (read: string): GrammarExpression => rule(`${prefix}s${states.indexOf(read)}`);
    const letters = [...new Set(words.flatMap((word) => Array.from(word)))];
    const others: GrammarExpression = { kind: 'characters', set: charactersBut(letters) };
    for (const [at, known] of states.entries()) {
      const ways = letters.flatMap((letter) => {
        const read = known + letter;
        if (read.endsWith(end)) return [text(letter)];
        if (without.some((word) => read.endsWith(word))) return [];
        return [sequence(text(letter), state(states.filter((word) => read.endsWith(word)).reduce(longer, '')))];
      });
      this.#rules.set(`${prefix}s${at}`, choice([...ways, sequence(others, state(''))]));
    }
    return state('');
  }

  /** The grammar's text, its first rule `root`. Throws a `SchemaRefusal` when it is too large. */
  print(root: GrammarExpression): string {
    const grammar = printGrammar(new Map([['root', root], ...this.#rules]));
    if (grammar.length > schemaLimits.grammarLength) throw refuseSchema('', 'the grammar is too large');
    return grammar;
  }

  #prefix(): string {
    this.#count += 1;
    return `d${this.#count}-`;
  }
}

function renamed(expression: GrammarExpression, prefix: string): GrammarExpression {
  switch (expression.kind) {
    case 'sequence':
      return { kind: 'sequence', items: expression.items.map((item) => renamed(item, prefix)) };
    case 'choice':
      return { kind: 'choice', options: expression.options.map((option) => renamed(option, prefix)) };
    case 'repeat':
      return { ...expression, item: renamed(expression.item, prefix) };
    case 'rule':
      return rule(prefix + expression.name);
    case 'text':
    case 'characters':
      break;
  }
  return expression;
}

const longer = (one: string, other: string): string => (other.length > one.length ? other : one);

/** All characters but these; a few controls that no text should have are left out too. */
function charactersBut(letters: readonly string[]): CodePointSet {
  const points = letters.map((letter) => letter.codePointAt(0) ?? 0).sort((a, b) => a - b);
  const allowed: CodePointSet = [
    [0x9, 0xa],
    [0x20, 0x7e],
    [0x80, 0xd7ff],
    [0xe000, 0x10ffff],
  ];
  return allowed.flatMap(([first, last]) => {
    const ranges: [number, number][] = [];
    let from = first;
    for (const point of points) {
      if (point < from || point > last) continue;
      if (point > from) ranges.push([from, point - 1]);
      from = point + 1;
    }
    if (from <= last) ranges.push([from, last]);
    return ranges;
  });
}
