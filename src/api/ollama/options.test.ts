import { describe, expect, it } from 'vitest';
import { defaultOptions, parseOptions } from './options.ts';

const parse = (...sources: Record<string, unknown>[]) => parseOptions(sources, () => {});

describe('parseOptions', () => {
  it('gives Ollama’s defaults', () => {
    expect(parse()).toEqual(defaultOptions);
  });

  it('lets a later source win key by key, and null change nothing', () => {
    const options = parse(
      { temperature: 0.1, stop: ['a', 'b'], top_k: 1 },
      { temperature: 0, stop: ['c'], top_k: null },
    );
    expect(options).toMatchObject({ temperature: 0, stop: ['c'], top_k: 1 });
  });

  it('cuts fractions off integers', () => {
    expect(parse({ num_predict: 12.9, num_keep: -1.5 })).toMatchObject({ num_predict: 12, num_keep: -1 });
  });

  it('keeps numbers within what the engine can count', () => {
    expect(parse({ num_ctx: 1e15, seed: -2 })).toMatchObject({ num_ctx: 2 ** 31 - 1, seed: 2 ** 32 - 2 });
  });

  it('reports options that do not exist', () => {
    const unknown: string[] = [];
    parseOptions([{ nonsense: 1, mirostat: 2, top_k: 3 }], (name) => unknown.push(name));
    expect(unknown).toEqual(['nonsense', 'mirostat']);
  });

  it.each([
    ['temperature', 'hot', 'float32'],
    ['temperature', Infinity, 'float32'],
    ['num_ctx', '4096', 'integer'],
    ['use_mmap', 1, 'boolean'],
    ['stop', 'x', 'array'],
    ['stop', [1], 'an array of strings'],
  ])('refuses %s = %j', (name, value, expected) => {
    const message = `option "${name}" must be of type ${expected}`;
    expect(() => parse({ [name]: value })).toThrow(expect.objectContaining({ message, status: 500 }));
  });
});
