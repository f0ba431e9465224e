/** The values of `/set parameter`, read as the type that each of Ollama's options has. */
import { usageError } from '../command-arguments.ts';

type ParameterKind = 'whole' | 'decimal' | 'switch' | 'texts';

export type ParameterValue = number | boolean | readonly string[];

/** With what `/? parameters` says about each; options without a line there are accepted too. */
const parameters: ReadonlyMap<string, readonly [kind: ParameterKind, what: string]> = new Map([
  ['seed', ['whole', 'Start of the random numbers: the same seed gives the same answer']],
  ['num_predict', ['whole', 'Most tokens to answer with']],
  ['top_k', ['whole', 'Choose among this many likeliest tokens']],
  ['top_p', ['decimal', 'Choose among the likeliest tokens that make up this share']],
  ['min_p', ['decimal', 'Leave out tokens less likely than this share of the likeliest']],
  ['num_ctx', ['whole', 'Context length in tokens']],
  ['temperature', ['decimal', 'How freely to choose; 0 always takes the likeliest']],
  ['repeat_penalty', ['decimal', 'How strongly to avoid repetition']],
  ['repeat_last_n', ['whole', 'How far back to look for repetition']],
  ['num_gpu', ['whole', 'Layers to put on a GPU']],
  ['stop', ['texts', 'Texts that end the answer']],
  ['typical_p', ['decimal', '']],
  ['presence_penalty', ['decimal', '']],
  ['frequency_penalty', ['decimal', '']],
  ['num_keep', ['whole', '']],
  ['num_batch', ['whole', '']],
  ['num_thread', ['whole', '']],
  ['main_gpu', ['whole', '']],
  ['draft_num_predict', ['whole', '']],
  ['use_mmap', ['switch', '']],
]);

/** Throws CorralError `bad_request` for an unknown name or a value of the wrong type. */
export function readParameter(name: string, values: readonly string[]): ParameterValue {
  const parameter = parameters.get(name);
  if (parameter === undefined) throw usageError(`unknown parameter '${name}'`, "'/? parameters' lists them.");
  const [kind] = parameter;
  if (kind === 'texts') return values.map((value) => value.replace(/^"(.*)"$/, '$1'));
  const [value = ''] = values;
  if (kind === 'switch') {
    if (value === 'true' || value === 'false') return value === 'true';
    throw usageError(`'${name}' is true or false, not '${value}'`);
  }
  const number = Number(value);
  const isWhole = /^[+-]?\d+$/.test(value) && Number.isSafeInteger(number);
  if (kind === 'whole' ? isWhole : value !== '' && Number.isFinite(number)) return number;
  throw usageError(`'${name}' is a ${kind === 'whole' ? 'whole number' : 'number'}, not '${value}'`);
}

/** Name, kind of value and meaning of the parameters worth knowing. */
export function parameterHelp(): (readonly [name: string, value: string, what: string])[] {
  const words: Record<ParameterKind, string> = { whole: 'N', decimal: 'X', switch: 'true|false', texts: 'TEXT ...' };
  return [...parameters].filter(([, [, what]]) => what !== '').map(([name, [kind, what]]) => [name, words[kind], what]);
}
