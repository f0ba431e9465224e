/** Calls out of the JSON that a model wrote, under the names that models use for a call's parts. */
import type { ParsedCall } from './tool-call-shape.ts';

/** One call or a list of calls; undefined when the text is no JSON or some part of it is no call. */
export function callsFromJson(text: string): readonly ParsedCall[] | undefined {
  const value = parsed(text);
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  const calls = items.map(callFromValue);
  return calls.length > 0 && calls.every((call) => call !== undefined) ? calls : undefined;
}

/** `{name, arguments}`, `{name, parameters}`, `{tool_name, parameters}`, `{function: {name, arguments}}` or `{function: name, parameters}`. */
function callFromValue(value: unknown): ParsedCall | undefined {
  if (!isRecord(value)) return undefined;
  const inner = value['function'];
  if (isRecord(inner)) return callFromValue(inner);
  const name = value['name'] ?? value['tool_name'] ?? inner;
  if (typeof name !== 'string' || name === '') return undefined;
  const callArguments = argumentsFrom(value['arguments'] ?? value['parameters'] ?? {});
  return callArguments === undefined ? undefined : { name, arguments: callArguments };
}

/** Arguments given as an object or as a text that holds one. */
export function argumentsFrom(value: unknown): Record<string, unknown> | undefined {
  const decoded = typeof value === 'string' ? parsed(value) : value;
  return isRecord(decoded) ? decoded : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the model wrote no JSON: its text stays content
  }
}
