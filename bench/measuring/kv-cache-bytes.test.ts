import { expect, it } from 'vitest';
import { kvNumbersPerCell } from './kv-cache-bytes.ts';

const llama = {
  'general.architecture': 'llama',
  'llama.block_count': 30,
  'llama.attention.head_count': 9,
  'llama.attention.head_count_kv': 3,
  'llama.embedding_length': 576,
};

it.each([
  ['heads that share keys', llama, 30 * 3 * 128],
  ['lengths of their own', { ...llama, 'llama.attention.key_length': 100, 'llama.attention.value_length': 50 }, 13_500],
  ['a key for each head', { ...llama, 'llama.attention.head_count_kv': undefined }, 30 * 9 * 128],
])('counts what a token keeps: %s', (_, info, numbers) => {
  expect(kvNumbersPerCell(info)).toBe(numbers);
});

it('does not guess the shape of a model that does not tell it', () => {
  expect(() => kvNumbersPerCell({ 'general.architecture': 'llama' })).toThrow('does not tell');
});
