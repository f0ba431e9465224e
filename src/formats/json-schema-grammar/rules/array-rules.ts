import {
  emptyText,
  type GrammarExpression,
  nothingMatches,
  optional,
  sequence,
  text,
} from '../grammar/grammar-expression.ts';
import { schemaLimits } from '../schema-limits.ts';
import { type ArrayShape, arrayShape } from '../schema/array-shape.ts';
import type { SchemaNode, SchemaObject } from '../schema/schema-document.ts';
import { arrayRule } from './free-rules.ts';
import { spaceRule } from './generic-rules.ts';
import type { RuleMaker } from './rule-maker.ts';

/** The arrays that a branch allows. */
export function arraysOf(maker: RuleMaker, nodes: readonly SchemaObject[], hint: string): GrammarExpression {
  const { document, builder } = maker;
  const shape = arrayShape(document, nodes, true);
  const { places, rest, least, most } = shape;
  if (least > most) return nothingMatches;
  if (places.length === 0 && rest.length === 0 && least === 0 && most === Infinity) return arrayRule(maker);
  const space = spaceRule(maker);
  if (most === 0) return sequence(text('['), space, text(']'));
  const items = builder.define(`${hint}-list`, itemsOf(maker, shape, hint));
  // Inside empty brackets the first blank is the only one.
  const content = least === 0 ? optional(sequence(items, space)) : sequence(items, space);
  return sequence(text('['), space, content, text(']'));
}

/** One item at least, made from the last place to the first. */
function itemsOf(maker: RuleMaker, shape: ArrayShape, hint: string): GrammarExpression {
  const { builder } = maker;
  const { places, rest, least, most } = shape;
  const space = spaceRule(maker);
  const itemOf = (schemas: readonly SchemaNode[], name: string): GrammarExpression =>
    maker.inside(schemas).valueOf(schemas, name);
  const atMost = most === Infinity ? most : Math.min(most, Math.max(least, schemaLimits.mostCount));
  const count = Math.min(places.length, most);

  let following: GrammarExpression = emptyText;
  if (count < most) {
    const item = itemOf(rest, `${hint}-item`);
    const more = builder.define(`${hint}-more`, sequence(text(','), space, item));
    const before = Math.max(count, 1);
    const repeated = builder.repeat(more, Math.max(0, least - before), atMost - before);
    if (count === 0) return sequence(item, repeated);
    following = builder.define(`${hint}-rest`, repeated);
  }
  for (let index = count - 1; index > 0; index--) {
    const item = sequence(text(','), space, itemOf(places[index] ?? rest, `${hint}-${index + 1}`), following);
    following = builder.define(`${hint}-rest`, index >= least ? optional(item) : item);
  }
  return sequence(itemOf(places[0] ?? rest, `${hint}-1`), following);
}
