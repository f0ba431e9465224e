/** Safetensors from the upload to what the model says, with the built server, its command line and the real engine. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post } from '../support/api-client.ts';
import { embeddingModel, startCorral, type CorralServer } from '../support/corral-server.ts';
import { nextTokenChances } from '../support/reference-decoder.ts';
import { embeddingCheckpoint, embeddingWeights } from '../support/starter-checkpoint.ts';
import { digestOf } from '../support/starter-store.ts';
import {
  bytesOf,
  floatsOf,
  lively,
  numbersFrom,
  rewritten,
  randomTensor,
  safetensorsFile,
  tinyCheckpoint,
  type CheckpointFiles,
  type StoredTensor,
} from '../support/tiny-checkpoint.ts';

let server: CorralServer;
beforeAll(async () => {
  server = await startCorral();
});
afterAll(() => server.stop());

/** Name to digest, as a request has them. */
function uploaded(files: CheckpointFiles): Record<string, string> {
  return Object.fromEntries(
    [...files].map(([name, bytes]) => {
      const digest = digestOf(bytes);
      writeFileSync(path.join(server.modelsDir, 'blobs', digest.replace(':', '-')), bytes);
      return [name, digest];
    }),
  );
}

const created = async (body: Readonly<Record<string, unknown>>) =>
  (await post(server, '/api/create', { stream: false, ...body })).text;

const done = '{"status":"success"}';

test('an embedding model’s checkpoint becomes the file that it was taken from', async () => {
  const { text } = await post(server, '/api/create', { model: 'again', files: uploaded(await embeddingCheckpoint()) });
  const statuses = text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { status: string }).status);
  expect([...new Set(statuses)]).toEqual([
    'converting model',
    'verifying conversion',
    `creating new layer ${embeddingWeights}`,
    'writing manifest',
    'success',
  ]);
  const ask = async (model: string) => (await post(server, '/api/embed', { model, input: '하늘은 왜 파란가요?' })).text;
  const vectors = async (model: string) => (JSON.parse(await ask(model)) as { embeddings: number[][] }).embeddings;
  expect(await vectors('again')).toEqual(await vectors(embeddingModel));
});

/** The twenty likeliest tokens behind a text. */
async function likeliest(model: string, prompt: string): Promise<{ token: string; logprob: number }[]> {
  const options = { num_predict: 1, temperature: 0 };
  const body = { model, prompt, raw: true, stream: false, logprobs: true, top_logprobs: 20, options };
  const { text } = await post(server, '/api/generate', body);
  const { logprobs } = JSON.parse(text) as { logprobs: { top_logprobs: { token: string; logprob: number }[] }[] };
  return logprobs[0]?.top_logprobs ?? [];
}

test.each([
  ['llamaOfPieces', [1]],
  ['mistral', [1]],
  ['qwen2', []],
  ['qwen3', []],
] as const)('an imported %s computes what its checkpoint does', async (name, first) => {
  const checkpoint = await lively(name);
  const model = `computes-${name.toLowerCase()}`;
  expect(await created({ model, files: uploaded(checkpoint) })).toBe(done);
  const prompt = 'the 하늘 the and the';
  const { text } = await post(server, '/api/tokenize', { model, text: prompt });
  const { tokens } = JSON.parse(text) as { tokens: number[] };
  const expected = (await nextTokenChances(checkpoint, [...first, ...tokens])).toSorted((one, other) => other - one);
  const found = (await likeliest(model, prompt)).map(({ logprob }) => logprob);
  expect(found).toHaveLength(20);
  // The engine's weights are halves, and so is its KV cache.
  found.forEach((chance, nth) => expect(Math.abs(chance - (expected[nth] ?? NaN))).toBeLessThan(0.05));
});

test('a model is quantised on the way in', async () => {
  const files = uploaded(tinyCheckpoint('qwen2'));
  expect(await created({ model: 'small', files, quantize: 'q8_0' })).toBe(done);
  const { text } = await post(server, '/api/show', { model: 'small' });
  expect(JSON.parse(text)).toMatchObject({ details: { family: 'qwen2', quantization_level: 'Q8_0' } });
});

test('a file that is missing, and one that is cut, are told', async () => {
  const files = new Map(tinyCheckpoint('qwen2'));
  files.set('model.safetensors', (files.get('model.safetensors') ?? new Uint8Array()).subarray(0, -1));
  expect(JSON.parse(await created({ model: 'cut', files: uploaded(files) }))).toMatchObject({
    error: expect.stringContaining('is no usable safetensors file') as string,
  });
  const zeros = `sha256:${'0'.repeat(64)}`;
  expect(JSON.parse(await created({ model: 'absent', files: { 'model.safetensors': zeros } }))).toEqual({
    error: `blob "${zeros}" not found`,
  });
  const tags = await (await fetch(`${server.url}/api/tags`)).text();
  expect(tags).not.toMatch(/cut|absent/);
});

describe('an adapter', () => {
  const rank = 4;
  const width = 32;
  const changed = ['self_attn.q_proj', 'self_attn.k_proj', 'mlp.down_proj'];
  const shapes: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
    'self_attn.q_proj': [32, width],
    'self_attn.k_proj': [16, width],
    'mlp.down_proj': [width, 64],
  };
  const next = numbersFrom(11);
  const matrices = [0, 1].flatMap((layer) =>
    changed.map((module) => {
      const [rows, columns] = shapes[module] ?? [0, 0];
      const a = strengthened(randomTensor('F32', [rank, columns], next));
      const b = strengthened(randomTensor('F32', [rows, rank], next));
      return { name: `model.layers.${layer}.${module}`, a, b };
    }),
  );

  function strengthened(tensor: StoredTensor): StoredTensor {
    return { ...tensor, bytes: bytesOf(floatsOf(tensor.bytes).map((value) => value * 6)) };
  }

  const adapter = new Map([
    ['adapter_config.json', Buffer.from(JSON.stringify({ peft_type: 'LORA', r: rank, lora_alpha: 2 * rank }))],
    [
      'adapter_model.safetensors',
      safetensorsFile(
        Object.fromEntries(
          matrices.flatMap(({ name, a, b }) => [
            [`base_model.model.${name}.lora_A.weight`, a],
            [`base_model.model.${name}.lora_B.weight`, b],
          ]),
        ),
      ),
    ],
  ]);

  /** The checkpoint with 2 B A added to its weights. */
  const merged = (files: CheckpointFiles) =>
    rewritten(files, (name, weights, columns) => {
      const found = matrices.find((each) => `${each.name}.weight` === name);
      if (found !== undefined) addProduct(weights, found, columns);
      return weights;
    });

  function addProduct(weights: Float32Array, { a, b }: { a: StoredTensor; b: StoredTensor }, columns: number): void {
    const [left, right] = [floatsOf(b.bytes), floatsOf(a.bytes)];
    for (let at = 0; at < weights.length; at++) {
      const [row, column] = [Math.floor(at / columns), at % columns];
      for (let k = 0; k < rank; k++) {
        weights[at] = (weights[at] ?? 0) + 2 * (left[row * rank + k] ?? 0) * (right[k * columns + column] ?? 0);
      }
    }
  }

  /** Log probabilities of what comes first behind a few texts. */
  async function chances(model: string): Promise<number[]> {
    const all = [];
    for (const prompt of ['the 하늘 the the', '<one>the<two>hethet', '하늘하늘 the']) {
      const first = (await likeliest(model, prompt)).toSorted((one, other) => (one.token < other.token ? -1 : 1));
      all.push(...first.map(({ logprob }) => logprob));
    }
    return all;
  }

  test('says the same as the model that it is merged into', async () => {
    const base = await lively('llamaOfPieces');
    expect(await created({ model: 'tiny', files: uploaded(base) })).toBe(done);
    expect(await created({ model: 'tiny-merged', files: uploaded(await merged(base)) })).toBe(done);
    expect(await created({ model: 'tiny-adapted', from: 'tiny', adapters: uploaded(adapter) })).toBe(done);
    const [plain, together, apart] = [
      await chances('tiny'),
      await chances('tiny-merged'),
      await chances('tiny-adapted'),
    ];
    const distance = (one: readonly number[], other: readonly number[]) =>
      Math.max(...one.map((value, nth) => Math.abs(value - (other[nth] ?? 0))));
    expect(together).toHaveLength(60);
    // Both are stored as halves and rounded differently.
    expect(distance(together, apart)).toBeLessThan(0.02);
    expect(distance(together, plain)).toBeGreaterThan(0.5);
  });

  test('and its base are taken from folders by a Modelfile', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'corral-safetensors-'));
    try {
      for (const [name, files] of [
        ['base', await lively('llamaOfPieces')],
        ['adapter', adapter],
      ] as const) {
        mkdirSync(path.join(folder, name));
        for (const [file, bytes] of files) writeFileSync(path.join(folder, name, file), bytes);
      }
      writeFileSync(path.join(folder, 'Modelfile'), 'FROM ./base\nADAPTER ./adapter\n');
      const program = fileURLToPath(new URL('../../bin/corral.js', import.meta.url));
      const args = [program, 'create', 'from-folders', '-f', path.join(folder, 'Modelfile')];
      const env = { ...process.env, OLLAMA_HOST: server.url, HOME: folder };
      const { stderr } = await promisify(execFile)(process.execPath, args, { env });
      expect(stderr).toMatch(/converting model[\s\S]*converting adapter[\s\S]*success/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(await chances('from-folders')).toEqual(await chances('tiny-adapted'));
  });
});
