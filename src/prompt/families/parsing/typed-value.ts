/**
 * A value that a model wrote as bare text, made into what the tool's schema says. Of several types the most special that fits is taken:
 * boolean, integer, number, array, object, string. `null` is null whatever the schema says. Without a type it stays text.
 */
import type { Tool } from '../../chat-message.ts';
import { recordOf } from '../../go-template-values.ts';
import { toolProperties } from '../rendering/declared-properties.ts';
import { argumentTypes } from './argument-types.ts';

/** The types that `tool` declares for one of its parameters; none when it or the parameter is unknown. */
export function parameterTypes(tools: readonly Tool[], toolName: string, parameter: string): readonly string[] {
  const tool = tools.find((candidate) => candidate.function.name === toolName);
  const property = tool && toolProperties(tool)?.find(([name]) => name === parameter)?.[1];
  return property === undefined ? [] : argumentTypes(property, tool?.function.parameters ?? {});
}

/** One line break on either side is the template's and goes. */
export function typedValue(written: string, types: readonly string[]): unknown {
  const text = written.replace(/^\n/, '').replace(/\n$/, '');
  if (text.toLowerCase() === 'null') return null;
  for (const [type, read] of readers) {
    if (!types.includes(type)) continue;
    const value = read(text);
    if (value !== undefined) return value;
    if (types.length === 1) return type === 'boolean' ? false : text;
  }
  return text;
}

const readers: readonly (readonly [type: string, read: (text: string) => unknown])[] = [
  ['boolean', (text) => ({ true: true, false: false })[text.toLowerCase()]],
  ['integer', (text) => (/^[+-]?\d+$/.test(text) ? exactNumber(text) : undefined)],
  ['number', (text) => (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? exactNumber(text) : undefined)],
  ['array', (text) => parsed(text, Array.isArray)],
  ['object', (text) => parsed(text, (value) => recordOf(value) !== undefined)],
];

/** A number too large to be kept exactly stays text: a wrong identifier is worse than one of another type. */
function exactNumber(text: string): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && !Number.isSafeInteger(value) && /^[+-]?\d+$/.test(text) ? undefined : finite(value);
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

function parsed(text: string, fits: (value: unknown) => boolean): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    return fits(value) ? value : undefined;
  } catch {
    return undefined; // the model wrote no JSON: another type, or text
  }
}
