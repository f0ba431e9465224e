/**
 * Proves that what a branch generates never satisfies another schema. Options of a oneOf must exclude each other; a grammar can only
 * offer alternatives, so a oneOf is accepted when its options do so by themselves: by type, by a tag, by a required member that the
 * other never gets, by ranges apart. "No" here means "not shown": the caller then refuses.
 */
import { buildStateTable } from '../automaton/state-table.ts';
import { arrayShape } from './array-shape.ts';
import { numberShape } from './number-shape.ts';
import { type ObjectShape, objectShape } from './object-shape.ts';
import { branchesOf } from './schema-branches.ts';
import type { SchemaDocument, SchemaNode, SchemaObject } from './schema-document.ts';
import { stringAutomata, stringShape } from './string-shape.ts';
import { allowedValues } from './allowed-values.ts';
import { satisfiesAll, satisfiesBranch } from './value-check.ts';
import { declaredKinds, meantKinds, type ValueKind } from './value-kinds.ts';

/** How many levels of members are looked at. A tag stands in the first or second. */
const levels = 4;

/** Is no value generated from the branch `generated` one that satisfies `schema`? */
export function neverSatisfies(
  document: SchemaDocument,
  generated: readonly SchemaObject[],
  schema: SchemaNode,
  level = 0,
): boolean {
  const lists = generated.flatMap((node) => allowedValues(document, node)?.length ?? []);
  if (lists.length > 0) {
    const values = generated.flatMap((node) => allowedValues(document, node) ?? []);
    return values.every(
      (value) => !satisfiesBranch(document, value, generated) || !satisfiesAll(document, value, [schema]),
    );
  }
  return branchesOf(document, [schema]).every((branch) => branchesConflict(document, generated, branch.nodes, level));
}

function branchesConflict(
  document: SchemaDocument,
  generated: readonly SchemaObject[],
  checked: readonly SchemaObject[],
  level: number,
): boolean {
  document.spend(1);
  const values = checked.map((node) => allowedValues(document, node)).find((list) => list !== undefined);
  if (values !== undefined) return values.every((value) => !satisfiesBranch(document, value, generated));
  const made = meantKinds(document, generated).kinds;
  const allowed = declaredKinds(document, checked).kinds;
  return [...made].every((kind) => !allowed.has(kind) || kindConflicts(document, kind, generated, checked, level));
}

function kindConflicts(
  document: SchemaDocument,
  kind: ValueKind,
  generated: readonly SchemaObject[],
  checked: readonly SchemaObject[],
  level: number,
): boolean {
  switch (kind) {
    case 'object':
      return objectsConflict(document, objectShape(document, generated), objectShape(document, checked), level);
    case 'array':
      return arraysConflict(document, generated, checked, level);
    case 'string': {
      const automata = [generated, checked].flatMap((nodes) => stringAutomata(stringShape(document, nodes)));
      return buildStateTable(automata, { spend: (steps) => document.spend(steps) })?.length === 0;
    }
    case 'number': {
      const [one, other] = [generated, checked].map((nodes) => numberShape(document, nodes, false));
      return one !== undefined && other !== undefined && (one.upper < other.lower || other.upper < one.lower);
    }
    case 'boolean':
    case 'null':
      break;
  }
  return false;
}

function objectsConflict(document: SchemaDocument, made: ObjectShape, checked: ObjectShape, level: number): boolean {
  // A member that one side always has, and that the other never has or has with other values.
  const demanded = [...made.properties, ...checked.properties]
    .filter(([, property]) => property.required)
    .map(([name]) => name);
  return demanded.some((name) => {
    const own = made.properties.get(name);
    const mayBeByPattern = (shape: ObjectShape): boolean => shape.groups.length > 1;
    if (own === undefined && made.additional === undefined && !mayBeByPattern(made)) return true;
    const rest = mayBeByPattern(checked) ? [] : (checked.additional ?? closedTo(checked));
    const other = checked.properties.get(name)?.schemas ?? rest;
    const ownRest = mayBeByPattern(made) ? [] : (made.additional ?? []);
    return schemasConflict(document, own?.schemas ?? ownRest, other, level + 1);
  });
}

/** Judged by the keywords alone, an undeclared member may have any value, unless additionalProperties is false. */
function closedTo(checked: ObjectShape): readonly SchemaNode[] {
  return checked.forbidsOthers ? [false] : [];
}

function arraysConflict(
  document: SchemaDocument,
  generated: readonly SchemaObject[],
  checked: readonly SchemaObject[],
  level: number,
): boolean {
  const made = arrayShape(document, generated, true);
  const other = arrayShape(document, checked, false);
  if (made.least > other.most || made.most < other.least) return true;
  const length = Math.min(made.least, Math.max(made.places.length, other.places.length) + 1);
  return Array.from({ length }).some((_, index) =>
    schemasConflict(document, made.places[index] ?? made.rest, other.places[index] ?? other.rest, level + 1),
  );
}

function schemasConflict(
  document: SchemaDocument,
  made: readonly SchemaNode[],
  checked: readonly SchemaNode[],
  level: number,
): boolean {
  if (level > levels) return false;
  const branches = branchesOf(document, made);
  // One of the schemas that must all hold is enough to rule the value out.
  return branches.every((branch) => checked.some((schema) => neverSatisfies(document, branch.nodes, schema, level)));
}
