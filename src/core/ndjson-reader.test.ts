import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CorralError } from './corral-error.ts';
import { maxLineBytes, readNdjson } from './ndjson-reader.ts';

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const size of sizes) {
    yield bytes.subarray(start, start + size);
    start += size;
  }
  yield bytes.subarray(start);
}

async function readAll(bytes: Uint8Array, sizes: readonly number[] = []): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of readNdjson(chunksOf(bytes, sizes))) values.push(value);
  return values;
}

describe('readNdjson', () => {
  test.each([
    ['nothing gives nothing', '', []],
    ['one value without a newline', '{"a":1}', [{ a: 1 }]],
    ['values on lines of their own', '1\n"two"\n[3]\n', [1, 'two', [3]]],
    ['empty lines and carriage returns are skipped', '\r\n1\r\n\n2', [1, 2]],
  ])('%s', async (_name, text, values) => {
    expect(await readAll(Buffer.from(text))).toEqual(values);
  });

  test('the values do not depend on where the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.array(fc.nat(9)), async (values, sizes) => {
        const text = values.map((value) => JSON.stringify(value) + '\n').join('');
        expect(await readAll(Buffer.from(text), sizes)).toEqual(
          values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
        );
      }),
    );
  });

  test('random bytes give values or only the typed error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
        const outcome = await readAll(bytes, [3, 5]).catch((thrown: unknown) => thrown);
        expect(Array.isArray(outcome) || outcome instanceof CorralError).toBe(true);
      }),
    );
  });

  test('a line without an end is given up at the limit', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        sent += chunk.length;
        yield chunk;
      }
    }
    await expect(readNdjson(endless()).next()).rejects.toThrow('longer than');
    expect(sent).toBeLessThanOrEqual(maxLineBytes + chunk.length);
  });
});
