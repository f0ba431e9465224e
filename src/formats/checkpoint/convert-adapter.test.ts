import { describe, expect, test } from 'vitest';
import { collectBytes } from '../../../test/support/collect-bytes.ts';
import { memorySource } from '../../../test/support/gguf-writer.ts';
import {
  numbersFrom,
  randomTensor,
  safetensorsFile,
  type StoredTensor,
} from '../../../test/support/tiny-checkpoint.ts';
import { readGguf } from '../gguf/read-gguf.ts';
import { writeGguf } from '../gguf/write-gguf.ts';
import { readSafetensors } from '../safetensors/read-safetensors.ts';
import { convertAdapter } from './convert-adapter.ts';

const llama = { architecture: 'llama', heads: { queries: 2, keys: 1 } };
const peft = { peft_type: 'LORA', r: 2, lora_alpha: 8 };

const floats = (...values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** A of 2 by 3, B of 4 by 2: the rows of B are 10 and 11, 20 and 21, ... */
const a: StoredTensor = { type: 'F32', shape: [2, 3], bytes: floats(1, 2, 3, 4, 5, 6) };
const b: StoredTensor = { type: 'F32', shape: [4, 2], bytes: floats(10, 11, 20, 21, 30, 31, 40, 41) };

async function converted(
  tensors: Readonly<Record<string, StoredTensor>>,
  config: unknown,
  base = llama,
): Promise<Map<string, unknown>> {
  const source = memorySource(safetensorsFile(tensors));
  const files = new Map([['adapter_config.json', memorySource(Buffer.from(JSON.stringify(config)))]]);
  const stored = (await readSafetensors(source, 'adapter_model.safetensors')).map((each) => ({ ...each, source }));
  const bytes = await collectBytes(writeGguf(await convertAdapter({ files, tensors: stored }, base)));
  const gguf = await readGguf(memorySource(bytes), { arrays: 'read' });
  const found = new Map<string, unknown>(gguf.metadata);
  for (const { name, shape, type, offsetBytes } of gguf.tensors) {
    expect(type).toBe('F16');
    const [columns = 0, rows = 0] = shape;
    const at = bytes.subarray(gguf.dataOffsetBytes + offsetBytes);
    const value = (index: number) => halves.get(at.readUInt16LE(2 * index));
    found.set(
      name,
      Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (__, column) => value(row * columns + column)),
      ),
    );
  }
  return found;
}

/** Whole numbers up to 64 by their halves. */
const halves = new Map(
  Array.from({ length: 64 }, (_, value) => {
    const exponent = value === 0 ? 0 : Math.floor(Math.log2(value));
    return [value === 0 ? 0 : ((exponent + 15) << 10) | ((value / 2 ** exponent - 1) * 1024), value] as const;
  }),
);

const both = (module: string) => ({ [`${key(module)}.lora_A.weight`]: a, [`${key(module)}.lora_B.weight`]: b });

const key = (module: string) => `base_model.model.model.layers.3.${module}`;

describe('an adapter of PEFT', () => {
  test('keeps both matrices where the base keeps its rows', async () => {
    const found = await converted(both('mlp.up_proj'), peft);
    expect(found.get('blk.3.ffn_up.weight.lora_a')).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(found.get('blk.3.ffn_up.weight.lora_b')).toEqual([
      [10, 11],
      [20, 21],
      [30, 31],
      [40, 41],
    ]);
    expect(found.get('adapter.lora.alpha')).toBe(8);
    expect(found.get('general.type')).toBe('adapter');
    expect(found.get('general.architecture')).toBe('llama');
  });

  test.each([
    ['queries, of two heads', 'self_attn.q_proj', { queries: 2, keys: 1 }, [10, 20, 30, 40]],
    ['queries, of one head', 'self_attn.q_proj', { queries: 1, keys: 1 }, [10, 30, 20, 40]],
    ['keys, of one head', 'self_attn.k_proj', { queries: 2, keys: 1 }, [10, 30, 20, 40]],
    ['values', 'self_attn.v_proj', { queries: 1, keys: 1 }, [10, 20, 30, 40]],
  ])('moves the rows of B as the base’s own are moved: %s', async (_name, module, heads, order) => {
    const found = await converted(both(module), peft, { architecture: 'llama', heads });
    const [rows] = [...found].filter(([name]) => name.endsWith('lora_b')).map(([, value]) => value as number[][]);
    expect(rows?.map(([first]) => first)).toEqual(order);
  });

  test('leaves the rows of a Qwen alone', async () => {
    const found = await converted(both('self_attn.q_proj'), peft, {
      architecture: 'qwen2',
      heads: { queries: 1, keys: 1 },
    });
    expect(found.get('blk.3.attn_q.weight.lora_b')).toEqual([
      [10, 11],
      [20, 21],
      [30, 31],
      [40, 41],
    ]);
  });
});

test('an adapter of MLX has both matrices the other way round, and a scale instead of alpha', async () => {
  const found = await converted(
    {
      'model.layers.0.mlp.up_proj.lora_a': { ...a, shape: [3, 2] },
      'model.layers.0.mlp.up_proj.lora_b': { ...b, shape: [2, 4] },
    },
    { lora_parameters: { rank: 2, scale: 20 } },
  );
  expect(found.get('blk.0.ffn_up.weight.lora_a')).toEqual([
    [1, 3, 5],
    [2, 4, 6],
  ]);
  expect(found.get('blk.0.ffn_up.weight.lora_b')).toEqual([
    [10, 30],
    [11, 31],
    [20, 40],
    [21, 41],
  ]);
  expect(found.get('adapter.lora.alpha')).toBe(40);
});

test.each([
  ['alpha alone', { rank: 2, alpha: 16 }, 16],
  ['alpha over the rank, and a scale of that', { rank: 2, alpha: 16, scale: 10 }, 160],
])('older adapters of MLX have %s', async (_name, parameters, alpha) => {
  const found = await converted(
    {
      'model.layers.0.mlp.up_proj.lora_a': { ...a, shape: [3, 2] },
      'model.layers.0.mlp.up_proj.lora_b': { ...b, shape: [2, 4] },
    },
    { lora_parameters: parameters },
  );
  expect(found.get('adapter.lora.alpha')).toBe(alpha);
});

test.each([
  ['half of a pair', { [`${key('mlp.up_proj')}.lora_A.weight`]: a }, peft, 'do not belong together'],
  [
    'two ranks',
    { ...both('mlp.up_proj'), [`${key('mlp.up_proj')}.lora_B.weight`]: { ...b, shape: [2, 4] } },
    peft,
    'do not belong together',
  ],
  ['no strength', both('mlp.up_proj'), { peft_type: 'LORA', r: 2 }, 'does not say how strong the adapter is'],
  [
    'a rank below zero',
    both('mlp.up_proj'),
    { ...peft, r: -16, use_rslora: true },
    'adapter_config.json: "r" is no count',
  ],
  [
    'a text for a number',
    both('mlp.up_proj'),
    { ...peft, lora_alpha: '16' },
    'adapter_config.json: "lora_alpha" is no number',
  ],
  ['nothing', {}, peft, 'the adapter has no weights'],
])('an adapter with %s is refused', async (_name, tensors, config, problem) => {
  await expect(converted(tensors, config)).rejects.toMatchObject({
    code: 'bad_checkpoint',
    message: expect.stringContaining(problem) as string,
  });
});

test('rank-stabilised adapters are scaled by the root of the rank', async () => {
  const found = await converted(both('mlp.up_proj'), { ...peft, r: 4, use_rslora: true });
  expect(found.get('adapter.lora.alpha')).toBe(16);
});

describe('what is more than a plain LoRA is refused', () => {
  const tensor = randomTensor('F32', [2, 3], numbersFrom(1));
  test.each([
    ['a magnitude', { [`${key('mlp.up_proj')}.lora_magnitude_vector`]: tensor }, peft],
    ['a whole module', { [`${key('mlp.up_proj')}.weight`]: tensor }, peft],
    ['a module that the base does not have', { [`${key('mlp.x')}.lora_A.weight`]: tensor }, peft],
    ['a vector', { [`${key('mlp.up_proj')}.lora_A.weight`]: { ...tensor, shape: [6] } }, peft],
    ['a name out of the prototype', { [`${key('constructor')}.lora_A.weight`]: tensor }, peft],
  ])('%s', async (_name, tensors, config) => {
    await expect(converted(tensors, config)).rejects.toMatchObject({
      code: 'bad_checkpoint',
      hint: expect.stringContaining('merge_and_unload') as string,
    });
  });

  test.each([
    ['DoRA', { ...peft, use_dora: true }, 'use_dora'],
    ['an alpha of each module', { ...peft, alpha_pattern: { q_proj: 4 } }, 'alpha_pattern'],
    ['another method', { ...peft, peft_type: 'LOHA' }, 'peft_type'],
    ['a base of its own', { ...peft, init_lora_weights: 'pissa_niter_4' }, 'init_lora_weights'],
    ['ranks of each module under one root', { ...peft, use_rslora: true, rank_pattern: { q_proj: 4 } }, 'rank_pattern'],
  ])('%s', async (_name, config, field) => {
    const made = converted(both('mlp.up_proj'), config);
    await expect(made).rejects.toMatchObject({
      code: 'not_supported',
      message: expect.stringContaining(field) as string,
    });
  });

  test('a base of another architecture', async () => {
    const made = converted({ a }, peft, { ...llama, architecture: 'mamba' });
    await expect(made).rejects.toMatchObject({ code: 'not_supported', message: 'unsupported architecture' });
  });
});
