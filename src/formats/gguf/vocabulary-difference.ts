/**
 * Whether two models number their tokens alike, so that one can guess ahead for the other. The sizes may differ a little, as in llama.cpp:
 * the models of one family pad their vocabularies to different round numbers (Qwen2.5: 151,936 and 152,064).
 */
import type { Gguf } from './gguf.ts';
import { arrayOf, textOf } from './gguf-values.ts';

/** Also the bound of llama.cpp. */
export const mostPaddingTokens = 128;

/** What is different, in words for people; undefined = nothing that counts. Both headers are read with their arrays. */
export function vocabularyDifference(one: Gguf, other: Gguf): string | undefined {
  const [type, otherType] = [one, other].map((gguf) => textOf(gguf, 'tokenizer.ggml.model') ?? 'none');
  if (type !== otherType) return `its type is ${otherType}, not ${type}`;
  const [tokens = [], otherTokens = []] = [one, other].map((gguf) => arrayOf(gguf, 'tokenizer.ggml.tokens')?.values);
  if (Math.abs(tokens.length - otherTokens.length) > mostPaddingTokens) {
    return `it has ${otherTokens.length} tokens, not ${tokens.length}`;
  }
  const shared = Math.min(tokens.length, otherTokens.length);
  for (let id = 0; id < shared; id++) {
    if (tokens[id] !== otherTokens[id]) {
      return `token ${id} is ${JSON.stringify(otherTokens[id])}, not ${JSON.stringify(tokens[id])}`;
    }
  }
  return undefined;
}
