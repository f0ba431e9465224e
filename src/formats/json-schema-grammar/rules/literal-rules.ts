/** Values written out: the values of enum and const. */
import {
  choice,
  emptyText,
  type GrammarExpression,
  nothingMatches,
  sequence,
  text,
} from '../grammar/grammar-expression.ts';
import { isSchemaObject } from '../schema/schema-document.ts';
import type { ValueNotation } from '../notation/value-notation.ts';
import { spaceRule } from './generic-rules.ts';
import type { RuleMaker } from './rule-maker.ts';
import { writtenBy } from './string-rules.ts';

/** Prefixes of prefixes that are factored out; words of one enum share few. Beyond, the rest stands in a plain list. */
const prefixDepth = 24;

/**
 * Any one of `values`; those that can't be written are left out. Common beginnings are written once: the engine tries every alternative it
 * cannot tell apart yet.
 */
export function literalsOf(maker: RuleMaker, values: readonly unknown[]): GrammarExpression {
  const texts = new Set<string>();
  const structured: GrammarExpression[] = [];
  for (const value of values) {
    if (typeof value === 'object' && value !== null) structured.push(...options(literal(maker, value)));
    else for (const spelling of spellings(maker.notation, value)) texts.add(spelling);
  }
  return choice([
    ...textOptions(
      Array.from(texts, (each) => Array.from(each)),
      0,
    ),
    ...structured,
  ]);
}

const options = (expression: GrammarExpression): readonly GrammarExpression[] =>
  expression === nothingMatches ? [] : [expression];

/** How a value that is neither object nor list may be written. */
function spellings({ strings, words }: ValueNotation, value: unknown): readonly string[] {
  if (typeof value === 'string') {
    const written = strings.map((form) => writtenBy(form, value)).find((each) => each !== undefined);
    return written === undefined ? [] : [written];
  }
  if (typeof value === 'boolean') return words[value ? 'true' : 'false'];
  return value === null ? words.null : [JSON.stringify(value)];
}

function literal(maker: RuleMaker, value: unknown): GrammarExpression {
  const { notation } = maker;
  if (typeof value !== 'object' || value === null) {
    const written = spellings(notation, value).map(text);
    return written.length === 0 ? nothingMatches : choice(written);
  }
  const space = spaceRule(maker);
  const { open, close, separator, afterKey, afterValue } = notation.object;
  const entries = isSchemaObject(value) ? Object.entries(value) : [];
  const inside = maker.inside([]);
  const items = Array.isArray(value)
    ? value.map((item: unknown) => literal(inside, item))
    : entries.map(([name, item]) => {
        const key = writtenBy(notation.keys, name);
        const written = literal(inside, item);
        if (key === undefined || written === nothingMatches) return nothingMatches;
        return sequence(text(key), space, text(afterKey), space, written, text(afterValue));
      });
  if (items.includes(nothingMatches)) return nothingMatches;
  const [first, last] = Array.isArray(value) ? ['[', ']'] : [open, close];
  if (items.length === 0) return sequence(text(first), space, text(last));
  const between = text(Array.isArray(value) ? ',' : separator);
  const separated = items.flatMap((item, index) => (index === 0 ? [item] : [between, space, item]));
  return sequence(text(first), space, ...separated, space, text(last));
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
