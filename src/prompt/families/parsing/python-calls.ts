/** Calls that a model writes as Python: `name(key="value", n=1)`, several with commas or lines between, possibly inside one pair of brackets. */
import type { ParsedCall } from '../../tool-calls/tool-call-shape.ts';
import { readPythonValue } from './python-value.ts';

/** undefined when any of the text is no call. `unescapesStrings` is for a string that is a whole argument; inside lists escapes are always resolved. */
export function readPythonCalls(
  written: string,
  options: { readonly unescapesStrings: boolean },
): readonly ParsedCall[] | undefined {
  const trimmed = written.trim();
  const text = trimmed.startsWith('[') && trimmed.endsWith(']') ? trimmed.slice(1, -1) : trimmed;
  const calls: ParsedCall[] = [];
  let index = 0;
  while (true) {
    index += /^[\s,]*/.exec(text.slice(index))?.[0].length ?? 0;
    if (index === text.length) return calls.length > 0 ? calls : undefined;
    const open = text.indexOf('(', index);
    const name = open < 0 ? '' : text.slice(index, open).trim();
    if (!/^[\w.-]+$/.test(name)) return undefined;
    const read = readArguments(text, open + 1, options.unescapesStrings);
    if (read === undefined) return undefined;
    calls.push({ name, arguments: Object.fromEntries(read.entries) });
    index = read.endIndex;
  }
}

function readArguments(
  text: string,
  start: number,
  unescapes: boolean,
): { readonly entries: readonly [string, unknown][]; readonly endIndex: number } | undefined {
  const entries: [string, unknown][] = [];
  let index = start;
  while (true) {
    while (/[\s,]/.test(text[index] ?? '')) index += 1;
    if (text[index] === ')') return { entries, endIndex: index + 1 };
    const equals = text.indexOf('=', index);
    const key = equals < 0 ? '' : text.slice(index, equals).trim();
    if (!/^\w+$/u.test(key)) return undefined;
    const read = readPythonValue(text, equals + 1, { stops: ',)', unescapes });
    if (read === undefined) return undefined;
    entries.push([key, read.value]);
    index = read.endIndex;
    while (/\s/.test(text[index] ?? '')) index += 1;
    if (text[index] !== ',' && text[index] !== ')') return undefined;
  }
}
