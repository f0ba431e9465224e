import { expect, test } from 'vitest';
import { resolveRenderer } from './resolve-renderer.ts';

test.each([
  ['a size in the name', 'gemma4:e4b', '31B', 'gemma4-small'],
  ['a large size in the name', 'gemma4:26B-it', '', 'gemma4-large'],
  ['the parameter count, where the name says nothing', 'mine', '12.2B', 'gemma4-large'],
  ['a small parameter count', 'mine', '4300.00M', 'gemma4-small'],
  ['nothing known', 'mine', '', 'gemma4-small'],
  ['a count that is no number', 'mine', 'xB', 'gemma4-small'],
])('gemma4 is told by %s', (_, name, modelType, expected) => {
  expect(resolveRenderer('gemma4', { names: [name], modelType })).toBe(expected);
});

test('other names stand for themselves', () => {
  expect(resolveRenderer('qwen3-coder', { names: ['gemma4:31b'], modelType: '31B' })).toBe('qwen3-coder');
});
