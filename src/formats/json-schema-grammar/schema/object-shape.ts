/**
 * What a branch says of objects.
 *
 * JSON Schema allows members nobody declared unless told otherwise. A grammar that did so would let a model invent names for ever, so
 * as in llama.cpp and in OpenAI's structured outputs, an object with declared properties gets those alone; others come only where
 * `additionalProperties` allows them in so many words, or where nothing is declared at all. Everything generated is valid either way.
 */
import { acceptsText } from '../automaton/text-automaton.ts';
import type { SchemaDocument, SchemaNode, SchemaObject } from './schema-document.ts';
import { type NameGroup, nameGroups, type PatternSchema, patternPropertiesKeyword } from './pattern-properties.ts';
import { countKeyword, propertiesKeyword, schemaKeyword, stringsKeyword } from './schema-keywords.ts';

export interface PropertyShape {
  readonly required: boolean;
  /** All of these hold for the value. */
  readonly schemas: readonly SchemaNode[];
}

/** Names that match the same of the patterns. */
export interface ShapedGroup extends NameGroup {
  /** What holds for members of these names; undefined: there are none. */
  readonly schemas: readonly SchemaNode[] | undefined;
}

export interface ObjectShape {
  /** In the order of the schema: as declared, then what is required without being declared. */
  readonly properties: ReadonlyMap<string, PropertyShape>;
  /** What holds for members of other names, which match no pattern; undefined: there are none. */
  readonly additional: readonly SchemaNode[] | undefined;
  /** Groups of other names; the first is that of `additional`. */
  readonly groups: readonly ShapedGroup[];
  /** additionalProperties is false somewhere; more than `additional` being undefined, which may be for want of a word. */
  readonly forbidsOthers: boolean;
  /** What holds for the names. */
  readonly names: readonly SchemaNode[];
  readonly least: number;
  readonly most: number;
  /** The schema to name when something about the object is refused. */
  readonly node: SchemaObject | undefined;
}

/** By the list of a branch's nodes: the options of a oneOf are compared each with each. */
const knownShapes = new WeakMap<readonly SchemaObject[], ObjectShape>();

export function objectShape(document: SchemaDocument, nodes: readonly SchemaObject[]): ObjectShape {
  const known = knownShapes.get(nodes) ?? makeObjectShape(document, nodes);
  knownShapes.set(nodes, known);
  return known;
}

interface ObjectPart {
  readonly properties: ReadonlyMap<string, SchemaNode> | undefined;
  readonly byPattern: readonly PatternSchema[];
  readonly additional: SchemaNode | undefined;
}

function makeObjectShape(document: SchemaDocument, nodes: readonly SchemaObject[]): ObjectShape {
  const parts = nodes.map((node) => ({
    properties: propertiesKeyword(document, node),
    byPattern: patternPropertiesKeyword(document, node),
    additional: schemaKeyword(document, node, 'additionalProperties'),
    required: stringsKeyword(document, node, 'required'),
  }));
  const required = new Set(parts.flatMap((part) => part.required));
  const names = new Set([...parts.flatMap((part) => [...(part.properties?.keys() ?? [])]), ...required]);
  const properties = new Map<string, PropertyShape>();
  for (const name of names) {
    document.spend(nodes.length);
    const matches = (each: PatternSchema): boolean => acceptsText(each.automaton, name);
    const schemas = parts.flatMap((part) => schemasOfName(part, part.properties?.get(name), matches));
    properties.set(name, { required: required.has(name), schemas: schemas.filter((schema) => schema !== true) });
  }

  const given: SchemaNode[] = parts.map((part) => part.additional).filter((schema) => schema !== undefined);
  const declaresNone = parts.every((part) => part.properties === undefined && part.byPattern.length === 0);
  const isOpen = given.length > 0 || declaresNone;
  const counts = (key: string): number[] => nodes.flatMap((node) => countKeyword(document, node, key) ?? []);
  const patternNode = nodes[parts.findIndex((part) => part.byPattern.length > 0)] ?? {};
  const groups = nameGroups(
    document,
    patternNode,
    parts.flatMap((part) => part.byPattern),
  ).map((group): ShapedGroup => {
    if (group.matches.size === 0 && !isOpen) return { ...group, schemas: undefined };
    const matches = ({ pattern }: PatternSchema): boolean => group.matches.has(pattern);
    const schemas = parts.flatMap((part) => schemasOfName(part, undefined, matches));
    return { ...group, schemas: schemas.includes(false) ? undefined : schemas.filter((schema) => schema !== true) };
  });
  return {
    properties,
    forbidsOthers: given.includes(false),
    additional: groups[0]?.schemas,
    groups,
    names: nodes
      .map((node) => schemaKeyword(document, node, 'propertyNames') ?? true)
      .filter((schema) => schema !== true),
    least: Math.max(0, ...counts('minProperties')),
    most: Math.min(Infinity, ...counts('maxProperties')),
    node: nodes[0],
  };
}

/** What one part says of a member: by its name, by patterns of its name, or else by additionalProperties. */
function schemasOfName(
  { byPattern, additional }: ObjectPart,
  declared: SchemaNode | undefined,
  matches: (each: PatternSchema) => boolean,
): readonly SchemaNode[] {
  const known = byPattern.filter(matches).map(({ schema }) => schema);
  if (declared !== undefined) known.unshift(declared);
  return known.length > 0 || additional === undefined ? known : [additional];
}
