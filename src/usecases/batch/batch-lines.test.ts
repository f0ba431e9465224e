import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchLines, checkBatchFile, mostLines, type BatchLine } from './batch-lines.ts';

const request = (id: string, url = '/x') =>
  JSON.stringify({ custom_id: id, method: 'POST', url, body: { text: `ä\n${id}` } });

async function* chunked(text: string, sizes: readonly number[] = []): AsyncGenerator<Uint8Array> {
  let rest = Buffer.from(text);
  for (const size of sizes) {
    yield rest.subarray(0, size);
    rest = rest.subarray(size);
  }
  yield rest;
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<BatchLine[]> {
  const found: BatchLine[] = [];
  for await (const line of batchLines(chunks)) found.push(line);
  return found;
}

describe('the lines of a batch', () => {
  it('are the same wherever the chunks end', async () => {
    const text = [request('a'), '', request('b'), '  ', request('c')].join('\r\n');
    const whole = await all(chunked(text));
    expect(whole.map(({ customId }) => customId)).toEqual(['a', 'b', 'c']);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(60)), async (sizes) => {
        expect(await all(chunked(text, sizes))).toEqual(whole);
        expect(await checkBatchFile(chunked(text, sizes), '/x')).toEqual({ lines: 3, errors: [] });
      }),
    );
  });

  it('whatever they hold are either accepted or told as errors, and an accepted file can be read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.json(), fc.string(), fc.constant(request('a')))), async (texts) => {
        const text = texts.join('\n');
        const { lines, errors } = await checkBatchFile(chunked(text), '/x');
        const isRead = errors.length > 0 || (await all(chunked(text))).length === lines;
        expect(isRead).toBe(true);
      }),
    );
  });

  it.each<[string, string, string, number | null]>([
    [
      'too many of them',
      Array.from({ length: mostLines + 1 }, (_, id) => request(String(id))).join('\n'),
      'too_many_requests',
      mostLines + 1,
    ],
    ['one that is too long', `${request('a')}\n${'x'.repeat(17 * 1024 * 1024)}`, 'line_too_long', 2],
    ['an id with nothing in it', request(''), 'invalid_request', 1],
    ['an id twice', `${request('a')}\n\n${request('a')}`, 'duplicate_custom_id', 3],
    ['a request of another route', request('a', '/y'), 'mismatched_url', 1],
    ['none', ' \n', 'empty_file', null],
  ])('%s: refused by the number of the line', async (_, text, code, line) => {
    expect((await checkBatchFile(chunked(text), '/x')).errors).toMatchObject([{ code, line }]);
  });
});
