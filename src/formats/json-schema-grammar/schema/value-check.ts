/**
 * Does a value satisfy a schema? Asked of the values of enum and const, and to show that the options of a oneOf exclude each other.
 * It knows the keywords that a grammar enforces; the others have been refused by then or are refused here.
 */
import { acceptsText } from '../automaton/text-automaton.ts';
import { isAllowedValue } from './allowed-values.ts';
import { arrayShape } from './array-shape.ts';
import { numberShape } from './number-shape.ts';
import { patternPropertiesKeyword } from './pattern-properties.ts';
import { refuseKeywords } from './refused-keywords.ts';
import { isSchemaObject, type SchemaDocument, type SchemaNode, type SchemaObject } from './schema-document.ts';
import {
  countKeyword,
  keyword,
  propertiesKeyword,
  schemaKeyword,
  schemasKeyword,
  stringsKeyword,
} from './schema-keywords.ts';
import { stringAutomata, stringShape } from './string-shape.ts';
import { declaredKinds, kindOf } from './value-kinds.ts';

export function satisfiesAll(document: SchemaDocument, value: unknown, schemas: readonly SchemaNode[]): boolean {
  return schemas.every((schema) => satisfies(document, value, schema, []));
}

/** `above`: the schemas asked of this same value on the way here. */
function satisfies(
  document: SchemaDocument,
  value: unknown,
  schema: SchemaNode,
  above: readonly SchemaObject[],
): boolean {
  document.spend(1);
  if (typeof schema === 'boolean') return schema;
  if (above.includes(schema)) throw document.refuse(schema, undefined, 'the JSON Schema refers to itself without end');
  refuseKeywords(document, schema);
  const inside = [...above, schema];
  const holds = (part: SchemaNode): boolean => satisfies(document, value, part, inside);

  if (!satisfiesOwnKeywords(document, value, schema)) return false;
  if (keyword(schema, '$ref') !== undefined && !holds(document.resolve(schema))) return false;
  if (!(schemasKeyword(document, schema, 'allOf') ?? []).every(holds)) return false;
  const anyOf = schemasKeyword(document, schema, 'anyOf');
  if (anyOf !== undefined && !anyOf.some(holds)) return false;
  const oneOf = schemasKeyword(document, schema, 'oneOf');
  return oneOf === undefined || oneOf.filter(holds).length === 1;
}

/** As `satisfiesAll`, but of what stands directly in `nodes`, whose $ref, allOf, anyOf and oneOf are multiplied out already. */
export function satisfiesBranch(document: SchemaDocument, value: unknown, nodes: readonly SchemaObject[]): boolean {
  return nodes.every((node) => satisfiesOwnKeywords(document, value, node));
}

function satisfiesOwnKeywords(document: SchemaDocument, value: unknown, schema: SchemaObject): boolean {
  const { kinds, integers } = declaredKinds(document, [schema]);
  const kind = kindOf(value);
  if (!kinds.has(kind)) return false;
  if (!isAllowedValue(document, schema, value)) return false;

  if (typeof value === 'string') {
    return stringAutomata(stringShape(document, [schema])).every((automaton) => {
      document.spend(value.length);
      return acceptsText(automaton, value);
    });
  }
  if (typeof value === 'number') {
    const shape = numberShape(document, [schema], integers);
    const isWhole = !shape.integers || (Number.isInteger(value) && value % shape.step === 0);
    return value >= shape.lower && value <= shape.upper && isWhole;
  }
  if (Array.isArray(value)) {
    const { places, rest, least, most } = arrayShape(document, [schema], false);
    if (value.length < least || value.length > most) return false;
    return value.every((item, index) => satisfiesAll(document, item, places[index] ?? rest));
  }
  return isSchemaObject(value) ? satisfiesAsObject(document, value, schema) : true;
}

function satisfiesAsObject(document: SchemaDocument, value: SchemaObject, schema: SchemaObject): boolean {
  const members = Object.entries(value);
  if (members.length < (countKeyword(document, schema, 'minProperties') ?? 0)) return false;
  if (members.length > (countKeyword(document, schema, 'maxProperties') ?? Infinity)) return false;
  if (!stringsKeyword(document, schema, 'required').every((name) => Object.hasOwn(value, name))) return false;
  const properties = propertiesKeyword(document, schema);
  const byPattern = patternPropertiesKeyword(document, schema);
  const additional = schemaKeyword(document, schema, 'additionalProperties') ?? true;
  const names = schemaKeyword(document, schema, 'propertyNames') ?? true;
  return members.every(([name, member]) => {
    const declared = properties?.get(name);
    const matching = byPattern.filter(({ automaton }) => acceptsText(automaton, name)).map((each) => each.schema);
    const known = declared === undefined ? matching : [declared, ...matching];
    return (
      satisfiesAll(document, name, [names]) && satisfiesAll(document, member, known.length === 0 ? [additional] : known)
    );
  });
}
