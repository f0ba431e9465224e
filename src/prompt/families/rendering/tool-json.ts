/** Tools and calls as the JSON that Ollama shows its models: only the fields it knows, `<`, `>` and `&` escaped, properties in the client's order. */
import type { GoMap } from '../../../formats/go-template/go-value.ts';
import { goMap } from '../../../formats/go-template/go-value.ts';
import { jsonText } from '../../../formats/go-template/json-value.ts';
import type { Tool, ToolCall } from '../../chat-message.ts';
import { functionValue, parametersValue, propertyValue, toolValue, valueFromJson } from '../../go-template-values.ts';

/** Compact. Throws `bad_request` for a schema nested too deeply. */
export const toolJson = (tool: Tool): string => jsonText({ ...toolValue(tool, 'renderer'), methods: {} });

/** Without the outer `{type, function}`. */
export const functionJson = (tool: Tool): string => jsonText(functionValue(tool, 'renderer'));

export const parametersJson = (tool: Tool): string =>
  jsonText(parametersValue(tool.function.parameters ?? {}, 'renderer'));

/** The arguments of a call, keys in the model's order; below them Go sorts. */
export function argumentsJson(call: ToolCall): string {
  const map: GoMap = goMap(Object.entries(call.arguments).map(([key, value]) => [key, valueFromJson(value)]));
  return jsonText({ ...map, isOrdered: true });
}

/** Any decoded JSON value, keys sorted. */
export const valueJson = (value: unknown): string => jsonText(valueFromJson(value));

/** One property's schema. */
export const propertyJson = (property: Readonly<Record<string, unknown>>): string =>
  jsonText(propertyValue(property, 0));
