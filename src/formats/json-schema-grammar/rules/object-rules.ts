/**
 * Objects: members in the order of the schema, optional ones left out in place. Two rules per property say it without trying all
 * combinations: `pick` is the members from this property on, at least one of them; `rest` is what may follow when there are some
 * already. Each comma is read before the choice behind it, so the engine keeps one reading of the text up to there.
 *
 * With minProperties or maxProperties the rules are made once per count of members so far, where the count decides anything.
 */
import {
  emptyText,
  type GrammarExpression,
  choice,
  nothingMatches,
  optional,
  sequence,
  text,
} from '../grammar/grammar-expression.ts';
import { schemaLimits } from '../schema-limits.ts';
import { type ObjectShape, objectShape } from '../schema/object-shape.ts';
import type { SchemaObject } from '../schema/schema-document.ts';
import { satisfiesAll } from '../schema/value-check.ts';
import { objectRule } from './free-rules.ts';
import { spaceRule } from './generic-rules.ts';
import type { RuleMaker } from './rule-maker.ts';
import { namedKey, otherNames } from './string-rules.ts';

/** The objects that a branch allows. */
export function objectsOf(maker: RuleMaker, nodes: readonly SchemaObject[], hint: string): GrammarExpression {
  const { document } = maker;
  const shape = objectShape(document, nodes);
  const { properties, additional, groups, names, least, most } = shape;
  const isFree = properties.size === 0 && additional?.length === 0 && names.length === 0 && groups.length === 1;
  if (isFree && least === 0 && most === Infinity) return objectRule(maker);
  // Members of free names can repeat a name, and then an object has fewer than were written.
  if (hasOthers(shape) && least > properties.size + 1) {
    throw document.refuse(
      shape.node ?? {},
      'minProperties',
      '"minProperties" cannot be enforced on members of any name',
    );
  }
  const first = membersOf(maker, shape, hint);
  const space = spaceRule(maker);
  const { open, close } = maker.notation.object;
  const mayBeEmpty = least === 0 && ![...properties.values()].some((property) => property.required);
  const content = sequence(first, space);
  return sequence(text(open), space, mayBeEmpty ? optional(content) : content, text(close));
}

/** May there be members of names that nobody declared? */
function hasOthers({ groups }: ObjectShape): boolean {
  return groups.some(({ schemas }) => schemas !== undefined);
}

/** Picks and rests by the count of members before them. */
interface Following {
  readonly pick: readonly GrammarExpression[];
  readonly rest: readonly GrammarExpression[];
}

function membersOf(maker: RuleMaker, shape: ObjectShape, hint: string): GrammarExpression {
  const { builder } = maker;
  const { least, most } = shape;
  const space = spaceRule(maker);
  const { separator } = maker.notation.object;
  const properties = [...shape.properties];
  const counts = countsToTell(shape);
  const mayTake = (count: number): boolean => counts === undefined || count < most;

  let following = additionalMembers(maker, shape, counts);
  let mustFollow = false;
  for (let index = properties.length - 1; index >= 0; index--) {
    const [name, property] = properties[index] ?? ['', undefined];
    if (property === undefined) break;
    const member = memberOf(maker, shape, name);
    const next = following;
    mustFollow ||= property.required;
    const pick: GrammarExpression[] = [];
    const rest: GrammarExpression[] = [];
    for (let count = 0; count <= Math.min(index, counts ?? 0); count++) {
      const ways: GrammarExpression[] = [];
      if (mayTake(count)) ways.push(sequence(member, next.rest[Math.min(count + 1, counts ?? 0)] ?? nothingMatches));
      if (!property.required) ways.push(next.pick[count] ?? nothingMatches);
      const picked = builder.define(name, choice(ways));
      const more = sequence(text(separator), space, picked);
      const mayEnd = !mustFollow && (counts === undefined || count >= least);
      pick.push(picked);
      rest.push(builder.define(`${hint}-rest`, mayEnd ? optional(more) : more));
    }
    following = { pick, rest };
  }
  return following.pick[0] ?? nothingMatches;
}

/** The largest count that need be told apart from larger ones; undefined when no count decides anything. */
function countsToTell(shape: ObjectShape): number | undefined {
  const { properties, least, most } = shape;
  const required = [...properties.values()].filter((property) => property.required).length;
  const largest = hasOthers(shape) ? Infinity : properties.size;
  if (least <= required && most >= largest) return undefined;
  return most >= largest ? least : Math.max(least, Math.min(most, properties.size));
}

function memberOf(maker: RuleMaker, shape: ObjectShape, name: string): GrammarExpression {
  const { document, builder, notation } = maker;
  if (!satisfiesAll(document, name, shape.names)) return nothingMatches;
  const space = spaceRule(maker);
  const schemas = shape.properties.get(name)?.schemas ?? [];
  const value = maker.inside(schemas).valueOf(schemas, name);
  const { afterKey, afterValue } = notation.object;
  const key = namedKey(maker, shape.node ?? {}, name);
  return builder.define(
    `${name.slice(0, 16)}-member`,
    sequence(key, space, text(afterKey), space, value, text(afterValue)),
  );
}

/** What may follow when all properties have had their turn. */
function additionalMembers(maker: RuleMaker, shape: ObjectShape, counts: number | undefined): Following {
  const { builder } = maker;
  const { properties, groups, least, most } = shape;
  const all = Array.from({ length: (counts ?? 0) + 1 }, (_, count) => count);
  if (!hasOthers(shape)) {
    const rest = all.map((count) => (counts === undefined || count >= least ? emptyText : nothingMatches));
    return { pick: all.map(() => nothingMatches), rest };
  }
  const space = spaceRule(maker);
  const { separator, afterKey, afterValue } = maker.notation.object;
  const mostMembers = most === Infinity ? most : Math.min(most, properties.size + schemaLimits.mostCount);
  const members = groups.flatMap(({ automata, schemas }) => {
    if (schemas === undefined) return [];
    const key = otherNames(maker, shape.names, [...properties.keys()], automata);
    const value = maker.inside(schemas).valueOf(schemas, 'additional');
    return [sequence(key, text(afterKey), space, value, text(afterValue))];
  });
  const member = builder.define('member', choice(members));
  const more = builder.define('more', sequence(text(separator), space, member));
  // Further ones may repeat a name, so together they count for one towards the least.
  const manyMore = (count: number): GrammarExpression => {
    const missing = counts === undefined ? 0 : Math.max(0, least - count);
    if (missing > 1 || missing > most - count) return nothingMatches;
    return builder.define('more', builder.repeat(more, missing, counts === undefined ? Infinity : mostMembers - count));
  };
  const firstAndMore = (count: number): GrammarExpression => {
    const missing = counts === undefined ? 0 : Math.max(0, least - count);
    if (missing > 1 || (counts !== undefined && count >= most)) return nothingMatches;
    return sequence(member, builder.repeat(more, 0, counts === undefined ? Infinity : mostMembers - count - 1));
  };
  return { pick: all.map(firstAndMore), rest: all.map(manyMore) };
}
