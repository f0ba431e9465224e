/**
 * Members by the pattern of their names. A name can match several patterns, and then all their schemas hold; so names fall into groups,
 * one for each combination of patterns, and each group has schemas of its own.
 */
import { complementAutomaton } from '../automaton/complement-automaton.ts';
import type { TextAutomaton } from '../automaton/text-automaton.ts';
import { isSchemaObject, type SchemaDocument, type SchemaNode, type SchemaObject } from './schema-document.ts';
import { keyword } from './schema-keywords.ts';
import { patternAutomaton } from './string-shape.ts';

export interface PatternSchema {
  readonly pattern: string;
  readonly automaton: TextAutomaton;
  readonly schema: SchemaNode;
}

/** Names that match the same patterns. */
export interface NameGroup {
  readonly matches: ReadonlySet<string>;
  /** Accepted by all of these. */
  readonly automata: readonly TextAutomaton[];
}

/** Patterns of one object: the groups double with each. */
const mostPatterns = 6;

export function patternPropertiesKeyword(document: SchemaDocument, node: SchemaObject): readonly PatternSchema[] {
  const value = keyword(node, 'patternProperties');
  if (value === undefined) return [];
  if (!isSchemaObject(value)) throw document.refuse(node, 'patternProperties', '"patternProperties" must be an object');
  return Object.entries(value).map(([pattern, schema]) => ({
    pattern,
    automaton: patternAutomaton(document, value, pattern, pattern),
    schema: document.asSchema(value, pattern, schema),
  }));
}

/** All groups of names, the one that matches no pattern first. */
export function nameGroups(
  document: SchemaDocument,
  node: SchemaObject,
  patterns: readonly PatternSchema[],
): readonly NameGroup[] {
  const distinct = [...new Map(patterns.map((each) => [each.pattern, each.automaton]))];
  if (distinct.length > mostPatterns) {
    throw document.refuse(node, 'patternProperties', `more than ${mostPatterns} patterns of names cannot be enforced`);
  }
  let groups: NameGroup[] = [{ matches: new Set(), automata: [] }];
  for (const [pattern, automaton] of distinct) {
    const other = complementAutomaton(automaton);
    groups = [
      ...groups.map(({ matches, automata }) => ({ matches, automata: [...automata, other] })),
      ...groups.map(({ matches, automata }) => ({
        matches: new Set([...matches, pattern]),
        automata: [...automata, automaton],
      })),
    ];
  }
  return groups;
}
