import { describe, expect, it } from 'vitest';
import { header, ggufHeader, memorySource, value, type GgufParts } from '../../test/support/gguf-writer.ts';
import { chatModelPath, embeddingModelPath, start } from '../../test/support/starter-runner.ts';
import type { Gguf } from '../formats/gguf/gguf.ts';
import { readGguf } from '../formats/gguf/read-gguf.ts';
import { readHeader } from '../store/read-header.ts';
import { estimateMemory } from './memory-estimate.ts';
import type { MemoryInput } from './memory-query.ts';

const mebibyte = 1024 * 1024;

const load: Omit<MemoryInput, 'gguf'> = {
  mode: 'completion',
  contextTokens: 4096,
  kvCells: 4096,
  sequences: 1,
  batchTokens: 512,
  kvCacheType: 'f16',
  flashAttention: 'auto',
  processor: 'x64',
};

/** A header of the given shape; only what the estimate looks at. */
interface Shape {
  readonly architecture: string;
  readonly vocabulary: number;
  readonly embedding: number;
  readonly feedForward: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headLength: number;
  readonly layers: number;
  readonly extra?: Readonly<Record<string, number>>;
}

async function headerOf(shape: Shape): Promise<Gguf> {
  const own = (name: string): string => `${shape.architecture}.${name}`;
  const numbers: Record<string, number> = {
    vocab_size: shape.vocabulary,
    embedding_length: shape.embedding,
    feed_forward_length: shape.feedForward,
    block_count: shape.layers,
    'attention.head_count': shape.heads,
    'attention.head_count_kv': shape.kvHeads,
    'attention.key_length': shape.headLength,
    'attention.value_length': shape.headLength,
    ...shape.extra,
  };
  const parts: GgufParts = {
    metadata: {
      'general.architecture': value.text(shape.architecture),
      ...Object.fromEntries(Object.entries(numbers).map(([name, number]) => [own(name), value.uint32(number)])),
    },
    tensors: [
      { name: 'token_embd.weight', shape: [shape.embedding, shape.vocabulary], type: 2 },
      { name: 'blk.0.ffn_gate.weight', shape: [shape.embedding, shape.feedForward], type: 2 },
    ],
  };
  const { bytes, dataBytes } = ggufHeader(parts);
  return readGguf(memorySource(bytes, bytes.length + dataBytes), { arrays: 'skip' });
}

const llama8b: Shape = {
  architecture: 'llama',
  vocabulary: 128_256,
  embedding: 4096,
  feedForward: 14_336,
  heads: 32,
  kvHeads: 8,
  headLength: 128,
  layers: 3,
};
const shapes = {
  llama8b,
  llama1b: { ...llama8b, embedding: 2048, feedForward: 8192, headLength: 64 },
  llama70b: { ...llama8b, embedding: 8192, feedForward: 28_672, heads: 64, layers: 2 },
  llama2: { ...llama8b, vocabulary: 32_000, feedForward: 11_008, kvHeads: 32 },
  mixtral: { ...llama8b, vocabulary: 32_000, layers: 2, extra: { expert_count: 8, expert_used_count: 2 } },
  qwen3: {
    architecture: 'qwen3',
    vocabulary: 151_936,
    embedding: 1024,
    feedForward: 3072,
    heads: 16,
    kvHeads: 8,
    headLength: 128,
    layers: 4,
  },
  qwen3moe: {
    architecture: 'qwen3moe',
    vocabulary: 151_936,
    embedding: 2048,
    feedForward: 6144,
    heads: 32,
    kvHeads: 4,
    headLength: 128,
    layers: 2,
    extra: { expert_count: 128, expert_used_count: 8, expert_feed_forward_length: 768 },
  },
  gemma3: {
    architecture: 'gemma3',
    vocabulary: 32_000,
    embedding: 1152,
    feedForward: 6912,
    heads: 4,
    kvHeads: 1,
    headLength: 256,
    layers: 12,
    extra: { 'attention.sliding_window': 512 },
  },
  gptOss: {
    architecture: 'gpt-oss',
    vocabulary: 128_256,
    embedding: 2880,
    feedForward: 2880,
    heads: 64,
    kvHeads: 8,
    headLength: 64,
    layers: 4,
    extra: {
      'attention.sliding_window': 128,
      expert_count: 32,
      expert_used_count: 4,
      expert_feed_forward_length: 2880,
    },
  },
} satisfies Record<string, Shape>;

const big = { sequences: 16, kvCells: 8192 };
const noFlash = { flashAttention: 'off' } as const;
const q8 = { kvCacheType: 'q8_0' } as const;
const oneOutput = { outputTokens: 1, fullSlidingWindow: false };

/** MiB that the engine (llama.cpp v0.5.0) reported for models of these shapes: KV, and compute with output buffer. */
const reported: readonly (readonly [
  shape: keyof typeof shapes,
  input: Partial<MemoryInput>,
  kv: number,
  compute: number,
])[] = [
  ['llama8b', {}, 48, 266.99],
  ['llama8b', big, 96, 274.33],
  ['llama8b', noFlash, 48, 308.5],
  ['llama8b', q8, 25.5, 266.99],
  ['llama8b', oneOutput, 48, 120.5],
  ['llama8b', { batchTokens: 128, kvCells: 1000 }, 12, 67.12],
  ['llama1b', big, 48, 266.33],
  ['llama1b', { ...oneOutput, ...noFlash }, 24, 286.5],
  ['llama70b', {}, 32, 282.99],
  ['llama70b', { ...oneOutput, ...q8 }, 17, 220.58],
  ['llama2', {}, 192, 100.63],
  ['llama2', noFlash, 192, 320.13],
  ['mixtral', {}, 32, 204.13],
  ['mixtral', q8, 17, 204.21],
  ['qwen3', {}, 64, 313.34],
  ['qwen3', big, 128, 310.02],
  ['qwen3', { ...oneOutput, ...q8 }, 34, 30.67],
  ['qwen3', { mode: 'embedding', batchTokens: 1024, sequences: 64 }, 64, 642.87],
  ['qwen3moe', big, 32, 314.02],
  ['qwen3moe', oneOutput, 16, 92.6],
  ['gemma3', {}, 48, 67.12],
  ['gemma3', { ...oneOutput, ...q8 }, 9.56, 56.92],
  ['gemma3', { ...oneOutput, ...noFlash }, 18, 63.38],
  ['gptOss', {}, 32, 292.76],
  ['gptOss', noFlash, 32, 566.25],
  ['gptOss', oneOutput, 19, 97.63],
];

describe('the estimated memory', () => {
  it.each(reported)('of %s with %o covers what the engine takes', async (shape, input, kv, compute) => {
    const estimate = estimateMemory({ ...load, gguf: await headerOf(shapes[shape]), ...input });
    expect(estimate.kvBytes / mebibyte).toBeGreaterThanOrEqual(kv - 0.01);
    expect(estimate.kvBytes / mebibyte).toBeLessThanOrEqual(kv * 1.001 + 0.01);
    expect(estimate.computeBytes / mebibyte).toBeGreaterThanOrEqual(compute);
    // In a real model of this shape weights and cache are several times this buffer, so the sum is much closer.
    expect(estimate.computeBytes / mebibyte).toBeLessThanOrEqual(compute * 1.5);
    expect(estimate.totalBytes).toBe(estimate.weightsBytes + estimate.kvBytes + estimate.computeBytes);
  });

  it.each([
    ['chat', chatModelPath, { contextTokens: 4096, kvCells: 4096, sequences: 1, outputTokens: 1 }],
    ['chat', chatModelPath, { contextTokens: 4096, kvCells: 8192, sequences: 16, outputTokens: 16 }],
    ['chat', chatModelPath, { contextTokens: 4096, kvCells: 4096, sequences: 4, outputTokens: 4, kvCacheType: 'q8_0' }],
    ['embedding', embeddingModelPath, { mode: 'embedding', contextTokens: 512, kvCells: 512, sequences: 64 }],
  ] as const)(
    'of the %s model (%s) is at most a tenth above what a real runner reports with %o',
    async (_name, modelPath, sizes) => {
      const { outputTokens: _, ...planned } = { outputTokens: undefined, ...sizes };
      const runner = await start({ modelPath, batchTokens: 512, ...planned });
      const { sizeBytes } = runner.facts;
      await runner.close();
      const gguf = await readHeader(modelPath, 'skip');
      const { totalBytes } = estimateMemory({ ...load, gguf, ...sizes, processor: process.arch });
      expect(totalBytes).toBeGreaterThanOrEqual(sizeBytes);
      expect(totalBytes).toBeLessThanOrEqual(sizeBytes * 1.1);
    },
  );

  it('counts a token embedding twice where it is the output matrix and is reordered', async () => {
    const gguf = await headerOf(llama8b);
    const sum = gguf.tensors.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
    const embedding = gguf.tensors[0]?.sizeBytes ?? 0;
    expect(estimateMemory({ ...load, gguf }).weightsBytes).toBe(sum + embedding);
    const chat = await readHeader(chatModelPath, 'skip');
    // Its token embedding is Q8_0, which grows by 4 bytes per block of 34.
    expect(estimateMemory({ ...load, gguf: chat }).weightsBytes).toBe(96_576_768 + (30_081_024 * 4) / 34);
    expect(estimateMemory({ ...load, gguf: chat, processor: 'arm64' }).weightsBytes).toBe(96_576_768 + 30_081_024);
  });

  it('gives layers without attention a state per sequence and no cells', async () => {
    const shape = { ...llama8b, architecture: 'mamba', kvHeads: 0 };
    const state = { 'ssm.conv_kernel': 4, 'ssm.inner_size': 5120, 'ssm.state_size': 16 };
    const gguf = await headerOf({ ...shape, extra: state });
    const floats = 3 * 5120 + 16 * 5120;
    expect(estimateMemory({ ...load, gguf, sequences: 2 }).kvBytes).toBe(2 * 3 * floats * 4);
  });

  it('has cells only in every fourth layer of a hybrid that says so, beside the state', async () => {
    const extra = { full_attention_interval: 4, 'ssm.conv_kernel': 4, 'ssm.inner_size': 4096, 'ssm.state_size': 128 };
    const gguf = await headerOf({ ...llama8b, architecture: 'qwen3next', layers: 8, extra });
    const state = 8 * (3 * 4096 + 128 * 4096) * 4;
    expect(estimateMemory({ ...load, gguf }).kvBytes).toBe(2 * 4096 * 8 * 256 * 2 + state);
  });

  it('is finite and not negative for a file that says nothing', async () => {
    const gguf = await readGguf(memorySource(header({})), { arrays: 'skip' });
    const { totalBytes, weightsBytes, kvBytes } = estimateMemory({ ...load, gguf });
    expect([weightsBytes, kvBytes]).toEqual([0, 0]);
    expect(totalBytes).toBeGreaterThan(0);
    expect(Number.isFinite(totalBytes)).toBe(true);
  });
});
