/**
 * The process is killed at every step of file work that making a model takes. Whatever the step: the store holds the old model or the new
 * one, whole, all models are listed, and trying again succeeds.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createRequestSchema } from '../../src/api/ollama/create-request.ts';
import { parseWire } from '../../src/api/wire-schema.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { createQuantiser } from '../../src/engine/quantise-process.ts';
import { displayName, parseModelName } from '../../src/formats/model-name.ts';
import { createModel } from '../../src/usecases/create/create-model.ts';
import { splitGguf } from '../support/split-gguf.ts';
import { digestOf, starterStore, type StarterStore } from '../support/starter-store.ts';
import { tinyModel } from '../support/tiny-model.ts';

type Request = Readonly<Record<string, unknown>>;

const run = promisify(execFile);
const child = fileURLToPath(new URL('../fixtures/create-and-crash.mjs', import.meta.url));
const program = fileURLToPath(new URL('../../dist/runner/quantise-main.js', import.meta.url));
const quantise = createQuantiser({ logger: silentLogger, libraryDir: undefined, program });
const name = parseModelName('made');
const before: Request = { model: 'made', from: 'smollm2:135m', system: 'before', license: 'old' };

/** Steps tried at the same moment: a child starts for each. */
const atOnce = 2;

async function make(store: StarterStore, request: Request): Promise<void> {
  const order = parseWire(createRequestSchema, request);
  for await (const _ of createModel(order, store.parts, new AbortController().signal));
}

async function digestOfModel(store: StarterStore): Promise<string | undefined> {
  return (await store.parts.manifests.read(name))?.digest;
}

/** Every blob of the model is what its name says. The starter's own weights are not looked at again. */
async function isWhole(store: StarterStore): Promise<boolean> {
  const { config, layers } = (await store.parts.manifests.read(name))?.manifest ?? { layers: [] };
  const blobs = [...(config === undefined ? [] : [config]), ...layers].filter(
    ({ sizeBytes }) => sizeBytes < 20_000_000,
  );
  return blobs.every(({ digest }) => {
    const bytes = readFileSync(store.parts.blobs.path(digest));
    return digestOf(bytes) === digest;
  });
}

/** With the process killed at `step`; 0 = at none. Returns the number of steps if it came to its end. */
async function killedAt(step: number, store: StarterStore, request: Request): Promise<number | undefined> {
  try {
    const { stdout } = await run(process.execPath, [child, store.modelsDir, String(step), JSON.stringify(request)]);
    return Number(stdout);
  } catch (error) {
    if (error instanceof Error && 'signal' in error && error.signal === 'SIGKILL') return undefined;
    throw error;
  }
}

async function prepared(uploads: readonly Uint8Array[]): Promise<StarterStore> {
  const store = await starterStore(quantise);
  await make(store, before);
  for (const file of uploads) await store.upload(file);
  return store;
}

/** What is wrong after a crash at `step`; nothing if all is well. */
async function faultsAfter(step: number, request: Request, uploads: readonly Uint8Array[], wanted: string) {
  const store = await prepared(uploads);
  try {
    const old = await digestOfModel(store);
    const faults: string[] = [];
    if ((await killedAt(step, store, request)) !== undefined) faults.push('was not killed');
    const found = await digestOfModel(store);
    if (found !== old && found !== wanted) faults.push('is neither the old model nor the new one');
    if (!(await isWhole(store))) faults.push('is not whole');
    const listed = await store.parts.store.list();
    if (listed.length !== 3) faults.push(`lists ${listed.map((entry) => displayName(entry.name)).join()}`);
    await make(store, request);
    if ((await digestOfModel(store)) !== wanted || !(await isWhole(store))) faults.push('cannot be made again');
    return faults.map((fault) => `step ${step}: ${fault}`);
  } finally {
    await store.remove();
  }
}

const original = tinyModel();
const shards = await splitGguf(original, 3);
const shardFiles = Object.fromEntries(
  shards.map((bytes, index) => [`m-0000${index + 1}-of-00003.gguf`, digestOf(bytes)]),
);

interface Case {
  readonly request: Request;
  readonly uploads: readonly Uint8Array[];
  /** Every so many-th step is tried: the first case goes through all of the store's kinds of work, step by step. */
  readonly stride: number;
}

const cases: readonly (readonly [string, Case])[] = [
  [
    'of another model, with a layer of every kind',
    {
      stride: 1,
      uploads: [],
      request: {
        model: 'made',
        from: 'smollm2:135m',
        template: '{{ .Prompt }}',
        system: 'after',
        license: ['one', 'two'],
        parameters: { temperature: 0 },
        messages: [{ role: 'user', content: 'hi' }],
      },
    },
  ],
  ['of shards', { stride: 3, uploads: shards, request: { model: 'made', files: shardFiles } }],
  [
    'quantised',
    {
      stride: 3,
      uploads: [original],
      request: { model: 'made', files: { 'm.gguf': digestOf(original) }, quantize: 'Q8_0' },
    },
  ],
];

describe('a process that is killed while it makes a model', () => {
  test.each(cases)('%s', async (_, { request, uploads, stride }) => {
    const whole = await prepared(uploads);
    const steps = (await killedAt(0, whole, request)) ?? 0;
    const wanted = (await digestOfModel(whole)) ?? '';
    await whole.remove();
    expect(steps / stride).toBeGreaterThan(20);

    const faults: string[] = [];
    let next = 1;
    const worker = async () => {
      while (next <= steps) {
        const step = next;
        next += stride;
        faults.push(...(await faultsAfter(step, request, uploads, wanted)));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    expect(faults).toEqual([]);
  });
});
