/** A model in shards becomes the file that it was split from: the same digest, so it also loads and answers the same. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRequestSchema, type CreateRequest } from '../../src/api/ollama/create-request.ts';
import { parseWire } from '../../src/api/wire-schema.ts';
import { parseModelName } from '../../src/formats/model-name.ts';
import { createModel } from '../../src/usecases/create/create-model.ts';
import type { ProgressEvent } from '../../src/usecases/progress-event.ts';
import { noQuantiser } from '../../src/usecases/test-quantiser.ts';
import { splitGguf } from '../support/split-gguf.ts';
import { tinyModel } from '../support/tiny-model.ts';
import { starterDir, starterStore, type StarterStore } from '../support/starter-store.ts';

const weights = 'abeb1316372b0b6864ee420a39e7b261651687126a7a321114b7b1aafcd00601';
const original = readFileSync(path.join(starterDir, 'blobs', `sha256-${weights}`));
const { signal } = new AbortController();

let store: StarterStore;
let files: Record<string, string>;
beforeAll(async () => {
  store = await starterStore(noQuantiser);
  files = await uploadedShards(original);
});
afterAll(() => store.remove());

/** In the wrong order, as a client may send them. */
async function uploadedShards(file: Uint8Array): Promise<Record<string, string>> {
  const shards = await splitGguf(file, 3);
  const uploaded = await Promise.all(
    shards.map(async (bytes, index) => [`model-0000${index + 1}-of-00003.gguf`, await store.upload(bytes)] as const),
  );
  return Object.fromEntries(uploaded.toReversed());
}

async function collect(order: CreateRequest): Promise<ProgressEvent[]> {
  const events: ProgressEvent[] = [];
  for await (const event of createModel(order, store.parts, signal)) events.push(event);
  return events;
}

test('three shards become one file', async () => {
  const order = parseWire(createRequestSchema, { model: 'merged', files });
  const events = await collect(order);
  const stored = await store.parts.manifests.read(parseModelName('merged'));
  expect(stored?.manifest.layers.map(({ digest }) => digest)).toEqual([`sha256:${weights}`]);
  const validating = events.filter(({ status }) => status === 'validating GGUF model');
  expect(validating.at(-1)).toMatchObject({ total: original.length });
  expect(events.map(({ status }) => status).filter((status) => !status.startsWith('validating'))).toEqual([
    ...Array.from({ length: 3 }, () => 'parsing GGUF'),
    'verifying conversion',
    `creating new layer sha256:${weights}`,
    'writing manifest',
    'success',
  ]);
});

test('the merged file is gone when what comes after it fails', async () => {
  const parts = await uploadedShards(tinyModel());
  const before = await store.blobFiles();
  const order = parseWire(createRequestSchema, { model: 'vain', files: parts, quantize: 'Q8_0' });
  await expect(collect(order)).rejects.toThrow('this test has no quantiser');
  expect(await store.blobFiles()).toEqual(before);
});

test('without one of them nothing is made', async () => {
  const [, ...others] = Object.entries(files);
  const order = parseWire(createRequestSchema, { model: 'short', files: Object.fromEntries(others) });
  await expect(collect(order)).rejects.toMatchObject({
    code: 'bad_gguf',
    message: expect.stringContaining('expected 3'),
  });
  expect(await store.parts.manifests.read(parseModelName('short'))).toBeUndefined();
});
