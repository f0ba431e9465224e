/** Qwen's coding calls: `<function=name><parameter=key>value</parameter></function>`. A parameter's end tag may be missing where the next one begins. */
import type { Tool } from '../../chat-message.ts';
import type { ParsedCall } from '../../tool-calls/tool-call-shape.ts';
import { parameterTypes, typedValue } from './typed-value.ts';

const close = '</parameter>';

/** undefined when the text holds no whole function. */
export function readXmlFunction(body: string, tools: readonly Tool[]): ParsedCall | undefined {
  const opening = /<function=([^>]+)>/.exec(body);
  const end = body.lastIndexOf('</function>');
  if (opening?.[1] === undefined || end < opening.index) return undefined;
  const name = opening[1];
  const inside = body.slice(opening.index + opening[0].length, end);
  const entries = inside
    .split('<parameter=')
    .slice(1)
    .map((part): [string, unknown] | undefined => {
      const keyEnd = part.indexOf('>');
      if (keyEnd < 1) return undefined;
      const key = part.slice(0, keyEnd);
      const valueEnd = part.lastIndexOf(close);
      const value = part.slice(keyEnd + 1, valueEnd < 0 ? undefined : valueEnd);
      return [key, typedValue(value, parameterTypes(tools, name, key))];
    });
  const whole = entries.filter((entry) => entry !== undefined);
  return whole.length === entries.length ? { name, arguments: Object.fromEntries(whole) } : undefined;
}
