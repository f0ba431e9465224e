/** A grammar that holds JSON documents between other texts: each document's rules are made as for a format and get names of their own. */
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
