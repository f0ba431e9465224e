/** Reads a tool's parameters as Ollama decodes them: fields of a wrong type count as absent. */
import type { Tool } from '../../chat-message.ts';
import { recordOf } from '../../go-template-values.ts';

export type Property = Readonly<Record<string, unknown>>;

/** Name and schema of each property; undefined where the schema has no `properties`. */
export function propertiesOf(schema: Property): readonly (readonly [name: string, property: Property])[] | undefined {
  const properties = recordOf(schema['properties']);
  return properties && Object.entries(properties).map(([name, property]) => [name, recordOf(property) ?? {}] as const);
}

export function toolProperties(tool: Tool): readonly (readonly [name: string, property: Property])[] | undefined {
  return propertiesOf(tool.function.parameters ?? {});
}

/** A property names one type or several. */
export function typesOf(property: Property): readonly string[] {
  return typeof property['type'] === 'string' ? [property['type']] : textsOf(property['type']);
}

/** The types of a property with those of its `anyOf` in their place where it has one. */
export function acceptedTypes(property: Property): readonly string[] {
  const options = optionsOf(property);
  return options.length > 0 ? options.flatMap(typesOf) : typesOf(property);
}

export function optionsOf(property: Property): readonly Property[] {
  return listOf(property['anyOf']).map((option) => recordOf(option) ?? {});
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const textsOf = (value: unknown): readonly string[] => listOf(value).filter((item) => typeof item === 'string');

export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
