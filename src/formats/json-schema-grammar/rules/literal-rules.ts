/** Values written out: the values of enum and const. */
import type { GrammarBuilder } from '../grammar/grammar-builder.ts';
import { choice, emptyText, type GrammarExpression, sequence, text } from '../grammar/grammar-expression.ts';
import { isSchemaObject } from '../schema/schema-document.ts';
import { spaceRule } from './generic-rules.ts';

/** Prefixes of prefixes that are factored out; words of one enum share few. Beyond, the rest stands in a plain list. */
const prefixDepth = 24;

/** Any one of `values`. Common beginnings are written once: the engine tries every alternative it cannot tell apart yet. */
export function literalsOf(builder: GrammarBuilder, values: readonly unknown[]): GrammarExpression {
  const texts = new Set<string>();
  const structured: GrammarExpression[] = [];
  for (const value of values) {
    if (typeof value === 'object' && value !== null) structured.push(literal(builder, value));
    else texts.add(JSON.stringify(value));
  }
  return choice([
    ...textOptions(
      Array.from(texts, (each) => Array.from(each)),
      0,
    ),
    ...structured,
  ]);
}

function literal(builder: GrammarBuilder, value: unknown): GrammarExpression {
  if (typeof value !== 'object' || value === null) return text(JSON.stringify(value));
  const space = spaceRule(builder);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const entries = isSchemaObject(value) ? Object.entries(value) : [];
  const items = Array.isArray(value)
    ? value.map((item: unknown) => literal(builder, item))
    : entries.map(([name, item]) =>
        sequence(text(JSON.stringify(name)), space, text(':'), space, literal(builder, item)),
      );
  if (items.length === 0) return sequence(text(open), space, text(close));
  const separated = items.flatMap((item, index) => (index === 0 ? [item] : [text(','), space, item]));
  return sequence(text(open), space, ...separated, space, text(close));
}

type Characters = readonly string[];

function textOptions(texts: readonly Characters[], depth: number): GrammarExpression[] {
  const byFirst = new Map<string | undefined, Characters[]>();
  for (const each of texts) {
    const same = byFirst.get(each[0]);
    if (same === undefined) byFirst.set(each[0], [each]);
    else same.push(each);
  }
  return [...byFirst].flatMap(([first, same]) => {
    const [only] = same;
    if (first === undefined) return [emptyText];
    if (same.length === 1 && only !== undefined) return [text(only.join(''))];
    if (depth >= prefixDepth) return same.map((each) => text(each.join('')));
    const length = commonLength(same);
    const endings = textOptions(
      same.map((each) => each.slice(length)),
      depth + 1,
    );
    return [sequence(text((only ?? []).slice(0, length).join('')), { kind: 'choice', options: endings })];
  });
}

function commonLength([first = [], ...others]: readonly Characters[]): number {
  let length = 0;
  while (length < first.length && others.every((other) => other[length] === first[length])) length++;
  return length;
}
