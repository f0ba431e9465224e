import { expect, test } from 'vitest';
import { ggufFile, memorySource, value } from '../../../test/support/gguf-writer.ts';
import { readGguf } from './read-gguf.ts';
import { vocabularyDifference } from './vocabulary-difference.ts';

const words = ['<s>', '</s>', 'a', 'b'];

function header(type: string, tokens: readonly string[]) {
  const metadata = {
    'tokenizer.ggml.model': value.text(type),
    'tokenizer.ggml.tokens': value.list(tokens.map((token) => value.text(token))),
  };
  return readGguf(memorySource(ggufFile({ metadata, tensors: [] })), { arrays: 'read' });
}

const padding = (count: number) => Array.from({ length: count }, (_, index) => `[PAD${index}]`);

test.each<[string, string, readonly string[], string | undefined]>([
  ['the same', 'gpt2', words, undefined],
  ['the same with padding at its end', 'gpt2', [...words, ...padding(128)], undefined],
  ['more than padding', 'gpt2', [...words, ...padding(129)], 'it has 133 tokens, not 4'],
  ['another type', 'llama', words, 'its type is llama, not gpt2'],
  ['other tokens', 'gpt2', ['<s>', '</s>', 'b', 'a'], 'token 2 is "b", not "a"'],
])('%s', async (_, type, tokens, difference) => {
  expect(vocabularyDifference(await header('gpt2', words), await header(type, tokens))).toBe(difference);
});
