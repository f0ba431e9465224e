import { describe, expect, it } from 'vitest';

import { dropsEarlierThinking, effectiveThink, parseThinkValue, stripEarlierThinking } from './think-value.ts';

describe('the think field', () => {
  for (const value of [true, false, 'low', 'medium', 'high', 'max', undefined]) {
    it(`takes ${String(value)}`, () => {
      expect(parseThinkValue(value)).toBe(value);
    });
  }

  it('null says nothing', () => {
    expect(parseThinkValue(null)).toBeUndefined();
  });

  const allowed = '"high", "medium", "low", "max", true, or false)';
  const refused: readonly (readonly [unknown, string])[] = [
    ['x', `invalid think value: "x" (must be ${allowed}`],
    ['', `invalid think value: "" (must be ${allowed}`],
    ['x"ü', `invalid think value: "x\\"ü" (must be ${allowed}`],
    [3, `think must be a boolean or string (${allowed}`],
    [{}, `think must be a boolean or string (${allowed}`],
  ];
  it.each(refused)('refuses %j', (value, message) => {
    expect(() => parseThinkValue(value)).toThrow(message);
  });

  it('is on when unset for a model that can think', () => {
    expect(effectiveThink(undefined, ['completion', 'thinking'])).toBe(true);
    expect(effectiveThink(undefined, ['completion'])).toBeUndefined();
    expect(effectiveThink(false, ['thinking'])).toBe(false);
  });
});

describe('earlier thinking', () => {
  it('goes for qwen3 and deepseek-r1', () => {
    expect(dropsEarlierThinking({ family: 'qwen3', name: 'mine' })).toBe(true);
    expect(dropsEarlierThinking({ family: 'llama', name: 'deepseek-r1' })).toBe(true);
    expect(dropsEarlierThinking({ family: 'llama', name: 'llama3' })).toBe(false);
  });

  it('is taken from assistant turns before the last user turn, where it opens them', () => {
    const turn = (role: string, content: string): { role: string; content: string } => ({ role, content });
    const stripped = stripEarlierThinking([
      turn('user', '<think>mine</think>'),
      turn('assistant', ' <think>a</think>\n\nb'),
      turn('assistant', 'b <think>a</think>'),
      turn('assistant', '<think>never closed'),
      turn('user', 'q'),
      turn('assistant', '<think>new</think>c'),
    ]);
    expect(stripped.map(({ content }) => content)).toEqual([
      '<think>mine</think>',
      'b',
      'b <think>a</think>',
      '',
      'q',
      '<think>new</think>c',
    ]);
  });
});
