/**
 * Which of the engine's ways of cutting a text into words a tokenizer.json asks for (`tokenizer.ggml.pre`). Their regular expressions
 * identify those that split by one, the kinds of their steps the others. Ollama knows six of the former.
 */
import { createHash } from 'node:crypto';
import { asObject, type JsonObject } from '../untrusted-json.ts';

/** SHA-256 of the regular expressions one behind the other. */
const bySplits: ReadonlyMap<string, string> = new Map(
  Object.entries({
    d98f9631be1e9607a9848c26c1f9eac1aa9fc21ac6ba82a2fc0741af9780a48f: 'llama-bpe',
    '03df5c5863ad70781dcfdef491ead25140f895fe8010964be0daefe27be32b02': 'deepseek-llm',
    '21cde974d587f0d54dc8d56b183cc1e6239600172035c68fbd6d4b9f8da0576e': 'deepseek-coder',
    '1ff7f41064896984db5d1bb6ff64fa4bc29007d08c1b439e505b7392777a319e': 'qwen2',
    '00431aed57e696b747435f734d1e3b9b1bfd931a121fb5cac7129e97c181e9ba': 'qwen35',
    b92c0824a58e1d8dc3221cf3e12c433c3a86f57e46d57229993489f0798e7702: 'laguna',
  }),
);

/** Of those without one: their steps. */
const bySteps: ReadonlyMap<string, string> = new Map([
  ['ByteLevel regex', 'gpt-2'],
  ['Digits single, ByteLevel regex', 'smollm'],
]);

/** undefined = unlike any that is known. Only byte pairs are made of words that are cut before. */
export function preTokenizerOf(tokenizer: JsonObject): string | undefined {
  const root = asObject(tokenizer['pre_tokenizer']);
  if (root === undefined || asObject(tokenizer['model'])?.['type'] !== 'BPE') return 'default';
  const list = root['type'] === 'Sequence' ? root['pretokenizers'] : [root];
  const steps = (Array.isArray(list) ? list : []).map((step) => asObject(step) ?? {});
  const splits = steps.map(splitRegex).filter((regex) => regex !== undefined);
  if (splits.length > 0) return bySplits.get(createHash('sha256').update(splits.join('')).digest('hex'));
  return bySteps.get(steps.map(stepName).join(', '));
}

function splitRegex(step: JsonObject): string | undefined {
  const regex = step['type'] === 'Split' ? asObject(step['pattern'])?.['Regex'] : undefined;
  return typeof regex === 'string' && regex !== '' ? regex : undefined;
}

function stepName(step: JsonObject): string {
  const type = typeof step['type'] === 'string' ? step['type'] : '';
  if (type === 'ByteLevel') return step['use_regex'] === false ? type : 'ByteLevel regex';
  if (type === 'Digits') return step['individual_digits'] === true ? 'Digits single' : type;
  return type;
}
