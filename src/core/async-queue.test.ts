import { expect, test } from 'vitest';
import { AsyncQueue } from './async-queue.ts';

test('values come in order, whether they were there before or are waited for', async () => {
  const queue = new AsyncQueue<number>();
  queue.push(1);
  queue.push(2);
  expect(await queue.next()).toBe(1);
  expect(await queue.next()).toBe(2);
  const third = queue.next();
  queue.push(3);
  expect(await third).toBe(3);
});

test('a failure comes after what was pushed, ends a wait, and stays', async () => {
  const queue = new AsyncQueue<number>();
  queue.push(1);
  queue.fail(new Error('first'));
  queue.fail(new Error('second'));
  expect(await queue.next()).toBe(1);
  await expect(queue.next()).rejects.toThrow('first');
  await expect(queue.next()).rejects.toThrow('first');

  const waiting = new AsyncQueue<number>();
  const next = waiting.next();
  waiting.fail(new Error('gone'));
  await expect(next).rejects.toThrow('gone');
});
