import { describe, expect, test } from 'vitest';
import { fileTypeText } from './gguf/file-type-text.ts';
import { parseQuantisation } from './quantisation.ts';
import { tensorsKeptFiner } from './tensors-kept-finer.ts';

describe('names of quantisations', () => {
  test.each(['F32', 'F16', 'BF16', 'Q8_0', 'Q4_K_M', 'Q5_K_S', 'IQ4_NL', 'TQ1_0', 'Q1_0'])(
    '%s is the file type of that name',
    (name) => {
      const parsed = parseQuantisation(name);
      expect(parsed.name).toBe(name);
      expect(fileTypeText(parsed.fileType)).toBe(name);
    },
  );

  test.each([
    ['Q3_K', 'Q3_K_M'],
    ['Q4_K', 'Q4_K_M'],
    ['Q5_K', 'Q5_K_M'],
  ])('%s means %s', (short, long) => {
    expect(parseQuantisation(short)).toEqual(parseQuantisation(long));
  });

  test.each(['', 'COPY', 'Q4', 'toString'])('"%s" is none', (text) => {
    expect(() => parseQuantisation(text)).toThrow(`unsupported quantization type ${text} - supported types are F32,`);
  });
});

test('a few tensors are kept finer in coarse targets only', () => {
  expect(tensorsKeptFiner('gemma3n', 'Q4_K_M')).toEqual([{ pattern: '^per_layer_token_embd\\.weight$', ggmlType: 1 }]);
  expect(tensorsKeptFiner('gemma3n', 'Q8_0')).toEqual([]);
  expect(tensorsKeptFiner('llama', 'Q4_K_M')).toEqual([]);
});
