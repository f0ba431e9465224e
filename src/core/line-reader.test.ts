import { expect, test } from 'vitest';
import { readLines } from './line-reader.ts';

async function collect(source: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of source) all.push(line);
  return all;
}

async function lines(chunks: readonly Buffer[]): Promise<string[]> {
  async function* stream() {
    yield* chunks;
  }
  return await collect(readLines(stream()));
}

test('lines are whole however the bytes arrive, also inside a Korean syllable', async () => {
  const bytes = Buffer.from('one\r\n하나\nlast');
  for (let at = 0; at <= bytes.length; at++) {
    expect(await lines([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(['one', '하나', 'last']);
  }
});

test('a line without end does not grow without end', async () => {
  const [line] = await lines(Array.from({ length: 40 }, () => Buffer.alloc(8192, 'x')));
  expect(line?.length).toBeLessThanOrEqual(64 * 1024);
});
