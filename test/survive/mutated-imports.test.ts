/** Files that are imported and quantised may hold anything: either a model is made of them, or the reason is said; the server goes on. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readGguf } from '../../src/formats/gguf/read-gguf.ts';
import { post, shortAnswer } from '../support/api-client.ts';
import { startCorral, type CorralServer } from '../support/corral-server.ts';
import { memorySource } from '../support/gguf-writer.ts';
import { namedMutations, randomBytes, type Mutation } from '../support/mutated-models.ts';
import { digestOf } from '../support/starter-store.ts';
import { tinyModel } from '../support/tiny-model.ts';

const original = Buffer.from(tinyModel());

let server: CorralServer;
let headerBytes: number;
beforeAll(async () => {
  headerBytes = (await readGguf(memorySource(original), { arrays: 'skip' })).dataOffsetBytes;
  server = await startCorral();
});
afterAll(() => server.stop());

function mutated(mutation: Mutation): Buffer {
  const { header, fileSizeBytes } = mutation({
    bytes: original.subarray(0, headerBytes),
    fileSizeBytes: original.length,
  });
  return Buffer.concat([header, original.subarray(header.length)]).subarray(0, fileSizeBytes);
}

async function outcome(body: Readonly<Record<string, unknown>>): Promise<string> {
  const { status, text } = await post(server, '/api/create', { ...body, stream: false });
  const reply = JSON.parse(text) as { readonly status?: string; readonly error?: string };
  if (status === 200) return reply.status ?? '';
  return reply.error && !text.includes(server.modelsDir) ? 'refused' : text;
}

// Those that only change keys and tensors which this model has too.
const named = Object.entries(namedMutations).filter(([name]) => !/end token|two tensors|weights that/.test(name));
const random = Array.from(
  { length: 40 },
  (_, index) => [`random bytes number ${index}`, randomBytes(77 * (index + 1))] as const,
);

describe('a damaged file', () => {
  test.each([...named, ...random])('with %s', async (_, mutation) => {
    const file = mutated(mutation);
    const digest = digestOf(file);
    writeFileSync(path.join(server.modelsDir, 'blobs', digest.replace(':', '-')), file);
    for (const more of [{}, { quantize: 'Q4_K_M' }]) {
      expect(['success', 'refused']).toContain(
        await outcome({ model: 'damaged', files: { 'a.gguf': digest }, ...more }),
      );
    }
    expect(server.hasEnded()).toBe(false);
  });

  test('leaves nothing half done behind, and the other models as they were', async () => {
    expect(server.runners()).toEqual([]);
    const names = readdirSync(path.join(server.modelsDir, 'blobs'));
    expect(names.filter((name) => !/^sha256-[0-9a-f]{64}$/.test(name))).toEqual([]);
    expect((await shortAnswer(server)).response).not.toBe('');
  });
});
