import { expect, it } from 'vitest';
import type { ChildMessage, TokenItem } from '../engine/runner-protocol.ts';
import { TokenOutbox } from './token-outbox.ts';

function item(text: string, isFirst = false): TokenItem {
  return { id: 1, text, tokens: 1, ...(isFirst && { cachedTokens: 0 }) };
}

function record(): { outbox: TokenOutbox; texts: () => string[] } {
  const sent: ChildMessage[] = [];
  const outbox = new TokenOutbox((message) => sent.push(message));
  const texts = () =>
    sent.map((message) => (message.type === 'tokens' ? message.items.map(({ text }) => text).join('') : '?'));
  return { outbox, texts };
}

it('sends the first token of an answer at once, with what waits', () => {
  const { outbox, texts } = record();
  outbox.add([item('a', true)], 5, 100);
  expect(texts()).toEqual(['a']);
  outbox.add([item('b')], 5, 105);
  outbox.add([item('X', true), item('c')], 5, 110);
  expect(texts()).toEqual(['a', 'bXc']);
});

it('holds tokens of quick steps for no longer than a frame', () => {
  const { outbox, texts } = record();
  for (const [index, text] of Array.from('abcdefgh').entries()) outbox.add([item(text)], 10, 100 + 10 * index);
  expect(texts()).toEqual(['abcd', 'efgh']);
});

it('sends those of slow steps at once', () => {
  const { outbox, texts } = record();
  for (const [index, text] of Array.from('abc').entries()) outbox.add([item(text)], 40, 100 + 40 * index);
  expect(texts()).toEqual(['a', 'b', 'c']);
});

it('gives up what it holds when told, and has nothing to say then', () => {
  const { outbox, texts } = record();
  outbox.add([item('a')], 2, 100);
  outbox.flush();
  outbox.flush();
  outbox.add([], 2, 102);
  outbox.flush();
  expect(texts()).toEqual(['a']);
});
