import { expect, test } from 'vitest';
import { chatRequestSchema } from './chat-request.ts';

const callsOf = (calls: readonly object[]) =>
  chatRequestSchema.parse({ messages: [{ role: 'assistant', tool_calls: calls }] }).messages[0]?.toolCalls;

test("a call's number is passed on where the client gives one", () => {
  const calls = callsOf([
    { id: 'a', function: { index: 3, name: 'f', arguments: { z: 1, a: 2 } } },
    { function: { name: 'g' } },
  ]);
  expect(calls).toEqual([
    { id: 'a', name: 'f', arguments: { z: 1, a: 2 }, index: 3 },
    { id: '', name: 'g', arguments: {} },
  ]);
});
