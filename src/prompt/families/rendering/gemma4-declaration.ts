/** How Gemma 4 is told of a tool. Property names are sorted; the keys of a schema stand in a fixed order. */
import { formatValue } from '../../../formats/go-template/print-value.ts';
import type { Tool } from '../../chat-message.ts';
import { recordOf, valueFromJson } from '../../go-template-values.ts';
import { listOf, optionsOf, propertiesOf, textOf, textsOf, typesOf, type Property } from './declared-properties.ts';
import { escapedValue, sortedKeys, type EscapedValueStyle } from './escaped-value.ts';

const quote = '<|"|>';
export const gemma4Style: EscapedValueStyle = { quote, nil: 'null', quotesKeys: false };
const schemaStyle: EscapedValueStyle = { quote, nil: 'null', quotesKeys: true };

const quoted = (text: string): string => quote + text + quote;
const quotedList = (texts: readonly string[]): string => `[${texts.map(quoted).join(',')}]`;

export function gemma4Declaration(tool: Tool): string {
  const { name, description = '', parameters = {} } = tool.function;
  const type = textOf(parameters['type']);
  const properties = propertiesOf(parameters);
  const required = textsOf(parameters['required']);
  const parts = [
    ...(properties !== undefined && properties.length > 0
      ? [`properties:{${propertyList(typedSchemas(properties))}}`]
      : []),
    ...(required.length > 0 ? [`required:${quotedList(required)}`] : []),
    ...(type === '' ? [] : [`type:${quoted(type.toUpperCase())}`]),
  ];
  const shape = properties !== undefined || type !== '' ? `,parameters:{${parts.join(',')}}` : '';
  return `<|tool>declaration:${name}{description:${quoted(description)}${shape}}<tool|>`;
}

/** The declared part of a schema as Ollama decodes it: unions become one type's name, the way Python prints a list. */
function typedSchemas(properties: readonly (readonly [string, Property])[]): Record<string, unknown> {
  return Object.fromEntries(
    properties.map(([name, property]) => {
      const types = typesOf(property).length > 0 ? typesOf(property) : plainUnion(property);
      const inner = propertiesOf(property);
      const schema: Record<string, unknown> = {
        description: property['description'],
        enum: property['enum'],
        items: property['items'],
        required: property['required'],
      };
      if (types.length === 1) [schema['type']] = types;
      else if (types.length > 1) schema['type'] = `[${types.map((type) => `'${type.toUpperCase()}'`).join(', ')}]`;
      if (inner !== undefined) schema['properties'] = typedSchemas(inner);
      return [name, schema];
    }),
  );
}

/** The types of an `anyOf` whose options say nothing but a type. */
function plainUnion(property: Property): readonly string[] {
  const options = optionsOf(property);
  const isPlain = options.every((option) => {
    const says = Object.keys(option).filter((key) => knownKeys.has(key) && option[key] !== undefined);
    return typesOf(option).length > 0 && says.every((key) => key === 'type');
  });
  return isPlain ? [...new Set(options.flatMap(typesOf))] : [];
}

const knownKeys = new Set(['anyOf', 'type', 'items', 'description', 'enum', 'properties', 'required']);
/** Never shown as properties: the format has no way to tell them from a schema's own keys. */
const schemaKeys = new Set(['description', 'type', 'properties', 'required', 'nullable']);

function propertyList(schemas: Readonly<Record<string, unknown>>): string {
  return sortedKeys(schemas)
    .filter((name) => !schemaKeys.has(name) && recordOf(schemas[name]) !== undefined)
    .map((name) => `${name}:{${schemaParts(recordOf(schemas[name]) ?? {}).join(',')}}`)
    .join(',');
}

function schemaParts(schema: Readonly<Record<string, unknown>>): readonly string[] {
  const types = typesOf(schema).map((type) => type.toUpperCase());
  const description = textOf(schema['description']);
  const parts = description === '' ? [] : [`description:${quoted(description)}`];
  const choices = listOf(schema['enum']);
  if (types[0] === 'STRING' && choices.length > 0) {
    parts.push(`enum:${quotedList(choices.map((choice) => formatValue(valueFromJson(choice))))}`);
  }
  const items = recordOf(schema['items']);
  if (types[0] === 'ARRAY' && items !== undefined && Object.keys(items).length > 0) {
    parts.push(`items:{${itemParts(items).join(',')}}`);
  }
  if (schema['nullable'] === true) parts.push('nullable:true');
  if (types[0] === 'OBJECT') {
    parts.push(`properties:{${propertyList(recordOf(schema['properties']) ?? schema)}}`);
    const required = textsOf(schema['required']);
    if (required.length > 0) parts.push(`required:${quotedList(required)}`);
  }
  return [...parts, ...typeParts(types)];
}

function itemParts(items: Readonly<Record<string, unknown>>): readonly string[] {
  return sortedKeys(items).flatMap((key) => {
    const value = items[key];
    if (value === null || value === undefined) return [];
    if (key === 'properties') return [`properties:{${propertyList(recordOf(value) ?? {})}}`];
    if (key === 'required') return [`required:${quotedList(textsOf(value))}`];
    if (key === 'type') return typeParts(typesOf(items).map((type) => type.toUpperCase()));
    return [`${key}:${escapedValue(value, schemaStyle)}`];
  });
}

function typeParts(types: readonly string[]): readonly string[] {
  if (types.length === 0) return [];
  return [`type:${types.length === 1 ? quoted(types[0] ?? '') : quotedList(types)}`];
}
