/** A model's parameters as Ollama shows them, in the two ways that it does. */
import { quoteGo } from '../formats/go-template/format-verbs.ts';
import { formatFloat } from '../formats/go-template/print-value.ts';

type Params = Readonly<Record<string, unknown>>;

/** A line for every value: the name, filled up to 30 characters, and the value; texts in quotes. */
export function parametersText(params: Params): string {
  return singleValues(params)
    .map(([name, value]) => `${name.padEnd(30)} ${typeof value === 'string' ? quoteGo(value) : printed(value)}`)
    .join('\n');
}

/**
 * Name and value of every PARAMETER instruction; texts as they are. Whole numbers keep their digits: Ollama writes a `num_ctx` of a million
 * as 1e+06, which its own `create` then refuses.
 */
export function parameterInstructions(params: Params): readonly (readonly [name: string, value: string])[] {
  return singleValues(params).map(([name, value]) => {
    if (typeof value === 'string') return [name, value];
    return [name, Number.isSafeInteger(value) ? String(value) : printed(value)];
  });
}

/** A list is the same parameter several times. */
function singleValues(params: Params): readonly (readonly [string, unknown])[] {
  return Object.entries(params).flatMap(([name, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((single) => [name, single] as const);
  });
}

function printed(value: unknown): string {
  return typeof value === 'number' ? formatFloat(value) : JSON.stringify(value);
}
