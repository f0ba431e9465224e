import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CorralError } from '../core/corral-error.ts';
import type { ChatMessage } from './chat-message.ts';
import { fitMessages } from './fit-messages.ts';

function message(role: string, content: string): ChatMessage {
  return { role, content };
}

const length = (messages: readonly ChatMessage[]): Promise<number> =>
  Promise.resolve(messages.reduce((sum, { content }) => sum + content.length + 1, 0));

/** What Ollama does: one after the other. */
async function oneByOne(messages: readonly ChatMessage[], limit: number): Promise<readonly ChatMessage[]> {
  for (let start = 0; start < messages.length; start++) {
    const left = messages.filter((one, index) => index >= start || one.role === 'system');
    if (start === messages.length - 1 || (await length(left)) <= limit) return left;
  }
  return messages;
}

describe('fitMessages', () => {
  const conversation = [
    message('system', 'sys'),
    message('user', 'aaaa'),
    message('assistant', 'bbbb'),
    message('system', 'mid'),
    message('user', 'cccc'),
  ];
  const cases: readonly [string, number, string][] = [
    ['keeps everything that fits', 23, 'sys aaaa bbbb mid cccc'],
    ['drops the oldest first', 22, 'sys bbbb mid cccc'],
    ['keeps every system message and the last', 13, 'sys mid cccc'],
    ['keeps them even when they do not fit', 1, 'sys mid cccc'],
  ];
  it.each(cases)('%s', async (_name, limit, left) => {
    const fitted = await fitMessages(conversation, length, limit);
    expect(fitted.map(({ content }) => content).join(' ')).toBe(left);
  });

  it('finds what dropping one by one finds, with few counts', async () => {
    const role = fc.constantFrom('user', 'assistant', 'system', 'tool');
    const messages = fc.array(fc.record({ role, content: fc.string({ maxLength: 9 }) }), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(messages, fc.nat(250), async (given, limit) => {
        let counts = 0;
        const fitted = await fitMessages(given, (part) => ((counts += 1), length(part)), limit);
        expect(fitted).toEqual(await oneByOne(given, limit));
        expect(counts).toBeLessThanOrEqual(7);
      }),
    );
  });

  it('a template that wants a user turn first loses the answer whose question went', async () => {
    const alternating = [1, 2, 3, 4, 5].map((number) => message(number % 2 === 1 ? 'user' : 'assistant', `${number}`));
    const strict = (messages: readonly ChatMessage[]): Promise<number> =>
      messages[0]?.role === 'user' ? length(messages) : Promise.reject(new CorralError('template_failed', 'roles'));
    for (const [limit, left] of [
      [9, '345'],
      [7, '345'],
      [6, '345'],
      [5, '5'],
      [2, '5'],
      [1, '5'],
    ] as const) {
      const fitted = await fitMessages(alternating, strict, limit);
      expect(fitted.map(({ content }) => content).join('')).toBe(left);
    }
  });

  it('an error that is not about the template ends it', async () => {
    let counts = 0;
    const failing = (): Promise<number> =>
      counts++ === 0 ? Promise.resolve(99) : Promise.reject(new CorralError('runner_crashed', 'gone'));
    await expect(fitMessages(conversation, failing, 1)).rejects.toMatchObject({ code: 'runner_crashed' });
  });
});
