/**
 * A conversation and its tools as the Go values that Ollama hands to a template: the same field names, the same types in
 * messages, the same JSON when printed. A tool's description keeps only the fields Ollama knows, in its order.
 */
import { CorralError } from '../core/corral-error.ts';
import type { GoField, GoMap, GoMethods, GoStruct, GoValue } from '../formats/go-template/go-value.ts';
import { goMap, goSlice } from '../formats/go-template/go-value.ts';
import { jsonText } from '../formats/go-template/json-value.ts';
import { maxDataDepth } from '../formats/go-template/template-limits.ts';
import type { ChatMessage, Tool, ToolCall } from './chat-message.ts';
import { typeScriptTypeOf } from './go-template-typescript-type.ts';

/** Prints as JSON. */
const printsAsJson: GoMethods = { String: jsonText };

export function messagesValue(messages: readonly ChatMessage[]): GoValue {
  return goSlice('[]*template.templateMessage', messages.map(messageValue));
}

function messageValue(message: ChatMessage): GoStruct {
  return {
    kind: 'struct',
    typeName: 'template.templateMessage',
    isPointer: true,
    fields: [
      { name: 'Role', value: message.role },
      { name: 'Content', value: message.content },
      { name: 'Thinking', value: message.thinking ?? '' },
      { name: 'Images', value: goSlice('[]api.ImageData', message.images ?? []) },
      { name: 'ToolCalls', value: goSlice('[]template.templateToolCall', (message.toolCalls ?? []).map(callValue)) },
      { name: 'ToolName', value: message.toolName ?? '' },
      { name: 'ToolCallID', value: message.toolCallId ?? '' },
    ],
  };
}

function callValue(call: ToolCall): GoStruct {
  return struct('template.templateToolCall', [
    { name: 'ID', value: call.id },
    {
      name: 'Function',
      value: struct('template.templateToolCallFunction', [
        { name: 'Index', value: BigInt(Math.trunc(call.index ?? 0)) },
        { name: 'Name', value: call.name },
        {
          name: 'Arguments',
          value: {
            ...goMap(Object.entries(call.arguments).map(([key, value]) => [key, valueFromJson(value)])),
            typeName: 'template.templateArgs',
            methods: printsAsJson,
          },
        },
      ]),
    },
  ]);
}

export function toolsValue(tools: readonly Tool[]): GoValue {
  return goSlice(
    'template.templateTools',
    tools.map((tool) => toolValue(tool, 'template')),
    printsAsJson,
  );
}

/** Templates see a tool's properties sorted by name and always a description; renderers see the client's order and leave an empty one out. */
export type ToolView = 'template' | 'renderer';

export function toolValue(tool: Tool, view: ToolView): GoStruct {
  const items = 'items' in tool ? tool.items : undefined;
  return {
    ...struct('template.templateTool', [
      { name: 'Type', jsonName: 'type', value: tool.type },
      { name: 'Items', jsonName: 'items', value: valueFromJson(items), isInterface: true, omit: 'nil' },
      { name: 'Function', jsonName: 'function', value: functionValue(tool, view) },
    ]),
    methods: printsAsJson,
  };
}

export function functionValue(tool: Tool, view: ToolView): GoStruct {
  const { name, description = '', parameters = {} } = tool.function;
  return struct('template.templateToolFunction', [
    { name: 'Name', jsonName: 'name', value: name },
    {
      name: 'Description',
      jsonName: 'description',
      value: description,
      ...(view === 'renderer' ? { omit: 'empty' as const } : {}),
    },
    { name: 'Parameters', jsonName: 'parameters', value: parametersValue(parameters, view) },
  ]);
}

export function parametersValue(parameters: Readonly<Record<string, unknown>>, view: ToolView): GoStruct {
  const properties = recordOf(parameters['properties']);
  return struct('template.templateToolFunctionParameters', [
    { name: 'Type', jsonName: 'type', value: textOf(parameters['type']) },
    { name: 'Defs', jsonName: '$defs', value: valueFromJson(parameters['$defs']), isInterface: true, omit: 'nil' },
    { name: 'Items', jsonName: 'items', value: valueFromJson(parameters['items']), isInterface: true, omit: 'nil' },
    { name: 'Required', jsonName: 'required', value: stringsValue(parameters['required']), omit: 'empty' },
    {
      name: 'Properties',
      jsonName: 'properties',
      value: {
        ...propertiesMap(properties ?? {}, 0),
        typeName: 'template.templateProperties',
        isNil: properties === undefined,
        isOrdered: view === 'renderer',
        zero: propertyValue({}, 0),
        methods: printsAsJson,
      },
    },
  ]);
}

function propertiesMap(properties: Readonly<Record<string, unknown>>, depth: number): GoMap {
  const entries = Object.entries(properties).map(
    ([name, property]) => [name, propertyValue(recordOf(property) ?? {}, depth + 1)] as const,
  );
  // Below the first level Ollama keeps the client's order.
  return { ...goMap(entries), typeName: '*api.ToolPropertiesMap', isOrdered: true };
}

export function propertyValue(property: Readonly<Record<string, unknown>>, depth: number): GoStruct {
  checkDepth(depth);
  const anyOf = (Array.isArray(property['anyOf']) ? property['anyOf'] : []) as readonly unknown[];
  const inner = recordOf(property['properties']);
  const fields: GoField[] = [
    {
      name: 'AnyOf',
      jsonName: 'anyOf',
      value: goSlice(
        '[]api.ToolProperty',
        anyOf.map((option) => propertyValue(recordOf(option) ?? {}, depth + 1)),
      ),
      omit: 'empty',
    },
    { name: 'Type', jsonName: 'type', value: propertyType(property['type']), omit: 'empty' },
    {
      name: 'Items',
      jsonName: 'items',
      value: valueFromJson(property['items'], depth),
      isInterface: true,
      omit: 'nil',
    },
    { name: 'Description', jsonName: 'description', value: textOf(property['description']), omit: 'empty' },
    { name: 'Enum', jsonName: 'enum', value: enumValue(property['enum'], depth), omit: 'empty' },
    { name: 'Properties', jsonName: 'properties', value: inner && propertiesMap(inner, depth), omit: 'nil' },
    { name: 'Required', jsonName: 'required', value: stringsValue(property['required']), omit: 'empty' },
  ];
  const toTypeScript = (): string => typeScriptTypeOf(property);
  return { ...struct('api.ToolProperty', fields), methods: { ToTypeScriptType: toTypeScript } };
}

/** One type looks like a string, several like a list. */
function propertyType(type: unknown): GoValue {
  const names = (Array.isArray(type) ? (type as readonly unknown[]) : [type]).filter(
    (name): name is string => typeof name === 'string',
  );
  const single = names.length === 1 ? names[0] : undefined;
  const list = goSlice('[]string', names);
  const text = (): string => single ?? (names.length === 0 ? '' : `[${names.join(' ')}]`);
  return goSlice('api.PropertyType', names, { String: text, MarshalJSON: () => jsonText(single ?? list) });
}

const enumValue = (values: unknown, depth: number): GoValue =>
  goSlice(
    '[]interface {}',
    ((Array.isArray(values) ? values : []) as readonly unknown[]).map((item) => valueFromJson(item, depth)),
  );

const stringsValue = (value: unknown): GoValue =>
  goSlice(
    '[]string',
    ((Array.isArray(value) ? value : []) as readonly unknown[]).filter((item) => typeof item === 'string'),
  );

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

const struct = (typeName: string, fields: readonly GoField[]): GoStruct => ({
  kind: 'struct',
  typeName,
  isPointer: false,
  fields,
});

/** A decoded JSON value as Go's decoder gives it for `any`: numbers are float64, objects sort their keys. */
export function valueFromJson(value: unknown, depth = 0): GoValue {
  checkDepth(depth);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) {
    const items = (value as readonly unknown[]).map((item) => valueFromJson(item, depth + 1));
    return { ...goSlice('[]interface {}', items), isNil: false };
  }
  const record = recordOf(value);
  if (record === undefined) return undefined;
  return goMap(Object.entries(record).map(([key, item]) => [key, valueFromJson(item, depth + 1)]));
}

function checkDepth(depth: number): void {
  if (depth <= maxDataDepth) return;
  throw new CorralError('bad_request', `tools and arguments must not nest deeper than ${maxDataDepth} levels`, {
    hint: 'Send a flatter schema.',
  });
}
