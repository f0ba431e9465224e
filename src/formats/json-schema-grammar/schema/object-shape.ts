/**
 * What a branch says of objects.
 *
 * JSON Schema allows members nobody declared unless told otherwise. A grammar that did so would let a model invent names for ever, so
 * as in llama.cpp and in OpenAI's structured outputs, an object with declared properties gets those alone; others come only where
 * `additionalProperties` allows them in so many words, or where nothing is declared at all. Everything generated is valid either way.
 */
import type { SchemaDocument, SchemaNode, SchemaObject } from './schema-document.ts';
import { countKeyword, propertiesKeyword, schemaKeyword, stringsKeyword } from './schema-keywords.ts';

export interface PropertyShape {
  readonly required: boolean;
  /** All of these hold for the value. */
  readonly schemas: readonly SchemaNode[];
}

export interface ObjectShape {
  /** In the order of the schema: as declared, then what is required without being declared. */
  readonly properties: ReadonlyMap<string, PropertyShape>;
  /** What holds for members of other names; undefined: there are none. */
  readonly additional: readonly SchemaNode[] | undefined;
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

function makeObjectShape(document: SchemaDocument, nodes: readonly SchemaObject[]): ObjectShape {
  const parts = nodes.map((node) => ({
    properties: propertiesKeyword(document, node),
    additional: schemaKeyword(document, node, 'additionalProperties'),
    required: stringsKeyword(document, node, 'required'),
  }));
  const required = new Set(parts.flatMap((part) => part.required));
  const names = new Set([...parts.flatMap((part) => [...(part.properties?.keys() ?? [])]), ...required]);
  const properties = new Map<string, PropertyShape>();
  for (const name of names) {
    document.spend(nodes.length);
    const schemas = parts.map((part) => part.properties?.get(name) ?? part.additional ?? true);
    properties.set(name, { required: required.has(name), schemas: schemas.filter((schema) => schema !== true) });
  }

  const given: SchemaNode[] = parts.map((part) => part.additional).filter((schema) => schema !== undefined);
  const isOpen = given.length > 0 || parts.every((part) => part.properties === undefined);
  const counts = (key: string): number[] => nodes.flatMap((node) => countKeyword(document, node, key) ?? []);
  return {
    properties,
    forbidsOthers: given.includes(false),
    additional: isOpen && !given.includes(false) ? given.filter((schema) => schema !== true) : undefined,
    names: nodes
      .map((node) => schemaKeyword(document, node, 'propertyNames') ?? true)
      .filter((schema) => schema !== true),
    least: Math.max(0, ...counts('minProperties')),
    most: Math.min(Infinity, ...counts('maxProperties')),
    node: nodes[0],
  };
}
