/**
 * One call of a GLM model. These models often leave a tag out, so the text is read along the cycle of tags, and a missing one is put
 * where the cycle wants it. At the end of an answer nothing is mended: half an argument must not become a call.
 */
import type { Tool } from '../../chat-message.ts';
import { textsOf } from '../rendering/declared-properties.ts';
import type { ParsedCall } from '../../tool-calls/tool-call-shape.ts';
import { parameterTypes, typedValue } from './typed-value.ts';

/** `isCutOff`: the closing tag did not come. Only that one may then be missing, of a declared tool with all it requires. */
export function readGlmCall(body: string, tools: readonly Tool[], isCutOff: boolean): ParsedCall | undefined {
  const whole = isCutOff ? withoutPartialTag(body, '</tool_call>') : body;
  const read = readWellFormed(whole) ?? (isCutOff ? undefined : readMended(whole));
  if (read === undefined || read.name === '') return undefined;
  if (isCutOff && !isComplete(read, tools)) return undefined;
  const entries = read.pairs.map(([written, value]): [string, unknown] => {
    const key = written.trim();
    return [key, typedValue(value, parameterTypes(tools, read.name, key))];
  });
  return { name: read.name, arguments: Object.fromEntries(entries) };
}

/** Takes off what has come of a closing tag. */
function withoutPartialTag(text: string, tag: string): string {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length -= 1) {
    if (text.endsWith(tag.slice(0, length))) return text.slice(0, -length).trimEnd();
  }
  return text;
}

interface WrittenCall {
  readonly name: string;
  readonly pairs: readonly (readonly [key: string, value: string])[];
}

const pair =
  /<arg_key>((?:(?!<\/?arg_)[\s\S])*)<\/arg_key>\s*<arg_value>((?:(?!<\/?arg_(?:key|value)>)[\s\S])*)<\/arg_value>/g;
const anyTag = /<\/?arg_(?:key|value)>/;

function readWellFormed(body: string): WrittenCall | undefined {
  const pairs = [...body.matchAll(pair)].map((match) => [match[1] ?? '', match[2] ?? ''] as const);
  const name = body.replace(pair, '').trim();
  return anyTag.test(name) ? undefined : { name, pairs };
}

function isComplete({ name, pairs }: WrittenCall, tools: readonly Tool[]): boolean {
  const tool = tools.find((candidate) => candidate.function.name === name);
  if (tool === undefined) return false;
  const keys = new Set(pairs.map(([key]) => key.trim()));
  return !keys.has('') && textsOf(tool.function.parameters?.['required']).every((key) => keys.has(key));
}

const cycle = ['<arg_key>', '</arg_key>', '<arg_value>', '</arg_value>'] as const;

function readMended(body: string): WrittenCall | undefined {
  const parts = body.split(/(<\/?arg_(?:key|value)>)/);
  const [head = '', firstTag] = parts;
  if (firstTag === undefined) return undefined;
  // Without its opening tag the first key stands behind the name.
  const space = firstTag === '<arg_key>' ? -1 : head.search(/\s/);
  const name = space < 0 ? head : head.slice(0, space);
  const texts: string[] = [];
  /** Where in the cycle we are: at 1 and 3 a text is open. */
  let phase = space < 0 ? 0 : 1;
  let text = space < 0 ? '' : head.slice(space).trimStart();
  const closeText = (): void => {
    texts.push(text);
    text = '';
  };
  for (let index = 1; index < parts.length; index += 2) {
    const target = cycle.findIndex((tag) => tag === parts[index]);
    if (phase % 2 === 0 && target !== phase && text !== '') phase += 1; // an opening tag is missing before this text
    while (phase !== target) {
      if (phase % 2 === 1) closeText();
      phase = (phase + 1) % 4;
    }
    if (phase % 2 === 1) closeText();
    phase = (phase + 1) % 4;
    text = parts[index + 1] ?? '';
  }
  if (phase % 2 === 1) closeText();
  if (texts.length % 2 === 1) return undefined; // a key without its value
  const pairs: [string, string][] = [];
  for (let index = 0; index < texts.length; index += 2) pairs.push([texts[index] ?? '', texts[index + 1] ?? '']);
  return { name: name.trim(), pairs };
}
