/**
 * Small models of unusual memory that the engine really runs: the starter model's vocabulary and pseudo-random weights. What they say is nonsense, but
 * greedily always the same nonsense, and every token of a prompt has a say in it: input and output have matrices of their own, attention is sharp and
 * recurrent state fades slowly. Some 13 MB, so built at test time and never checked in.
 */
import { readFile } from 'node:fs/promises';
import type { GgufArray, GgufScalar, GgufValueType } from '../../src/formats/gguf/gguf.ts';
import { readGguf } from '../../src/formats/gguf/read-gguf.ts';
import { ggufHeader, joined, memorySource, value, type Value } from './gguf-writer.ts';

/** `attention`: Qwen 3; `recurrent`: Mamba, no attention; `hybrid`: LFM2, every other layer is a short convolution; `sliding-window`: Gemma 3, every other layer sees 64 tokens. */
export type MemoryKind = 'attention' | 'recurrent' | 'hybrid' | 'sliding-window';

const slidingWindowTokens = 64;

const embedding = 64;
const layers = 4;
const headLength = 32;
const f32 = 0;
const f16 = 1;

interface Weights {
  readonly name: string;
  readonly shape: readonly number[];
  /** A number for all of them; otherwise 16-bit floats of both signs around a tenth. */
  readonly fill?: number;
}

interface Design {
  readonly architecture: string;
  readonly metadata: Readonly<Record<string, Value>>;
  readonly outputNorm: string;
  readonly layer: (index: number) => readonly Weights[];
}

const attentionMetadata = {
  'attention.head_count': value.uint32(2),
  'attention.head_count_kv': value.uint32(1),
  'attention.key_length': value.uint32(headLength),
  'attention.value_length': value.uint32(headLength),
  feed_forward_length: value.uint32(2 * embedding),
  'rope.freq_base': value.float32(10_000),
};

const designs: Readonly<Record<MemoryKind, Design>> = {
  attention: {
    architecture: 'qwen3',
    metadata: attentionMetadata,
    outputNorm: 'output_norm.weight',
    layer: () => [{ name: 'attn_norm.weight', shape: [embedding], fill: 1 }, ...attention(), ...feedForward()],
  },
  recurrent: {
    architecture: 'mamba',
    metadata: {
      'attention.head_count': value.uint32(0),
      feed_forward_length: value.uint32(0),
      'ssm.conv_kernel': value.uint32(4),
      'ssm.inner_size': value.uint32(2 * embedding),
      'ssm.state_size': value.uint32(16),
      'ssm.time_step_rank': value.uint32(4),
    },
    outputNorm: 'output_norm.weight',
    layer: () => [
      { name: 'attn_norm.weight', shape: [embedding], fill: 1 },
      { name: 'ssm_in.weight', shape: [embedding, 4 * embedding] },
      { name: 'ssm_conv1d.weight', shape: [4, 2 * embedding], fill: 0.4 },
      { name: 'ssm_conv1d.bias', shape: [2 * embedding], fill: 0 },
      { name: 'ssm_x.weight', shape: [2 * embedding, 4 + 2 * 16] },
      { name: 'ssm_dt.weight', shape: [4, 2 * embedding] },
      { name: 'ssm_dt.bias', shape: [2 * embedding], fill: 0 },
      { name: 'ssm_a', shape: [16, 2 * embedding], fill: -0.01 },
      { name: 'ssm_d', shape: [2 * embedding], fill: 1 },
      { name: 'ssm_out.weight', shape: [2 * embedding, embedding] },
    ],
  },
  hybrid: {
    architecture: 'lfm2',
    metadata: {
      'attention.head_count': value.uint32(2),
      'attention.head_count_kv': value.list(Array.from({ length: layers }, (_, index) => value.int32(index % 2))),
      feed_forward_length: value.uint32(2 * embedding),
      'shortconv.l_cache': value.uint32(4),
      'rope.freq_base': value.float32(10_000),
    },
    outputNorm: 'token_embd_norm.weight',
    layer: (index) => [
      { name: 'attn_norm.weight', shape: [embedding], fill: 1 },
      ...(index % 2 === 1 ? attention() : shortConvolution()),
      ...feedForward(),
    ],
  },
  'sliding-window': {
    architecture: 'gemma3',
    metadata: {
      ...attentionMetadata,
      'attention.sliding_window': value.uint32(slidingWindowTokens),
      'attention.sliding_window_pattern': value.uint32(2),
    },
    outputNorm: 'output_norm.weight',
    layer: () => [
      { name: 'attn_norm.weight', shape: [embedding], fill: 1 },
      { name: 'post_attention_norm.weight', shape: [embedding], fill: 1 },
      { name: 'post_ffw_norm.weight', shape: [embedding], fill: 1 },
      ...attention(),
      ...feedForward(),
    ],
  },
};

function attention(): Weights[] {
  return [
    { name: 'attn_q.weight', shape: [embedding, 2 * headLength] },
    { name: 'attn_k.weight', shape: [embedding, headLength] },
    { name: 'attn_v.weight', shape: [embedding, headLength] },
    { name: 'attn_output.weight', shape: [2 * headLength, embedding] },
    { name: 'attn_q_norm.weight', shape: [headLength], fill: 2 },
    { name: 'attn_k_norm.weight', shape: [headLength], fill: 1.5 },
  ];
}

function shortConvolution(): Weights[] {
  return [
    { name: 'shortconv.conv.weight', shape: [4, embedding], fill: 0.4 },
    { name: 'shortconv.in_proj.weight', shape: [embedding, 3 * embedding] },
    { name: 'shortconv.out_proj.weight', shape: [embedding, embedding] },
  ];
}

function feedForward(): Weights[] {
  return [
    { name: 'ffn_norm.weight', shape: [embedding], fill: 1 },
    { name: 'ffn_gate.weight', shape: [embedding, 2 * embedding] },
    { name: 'ffn_up.weight', shape: [embedding, 2 * embedding] },
    { name: 'ffn_down.weight', shape: [2 * embedding, embedding] },
  ];
}

/** The same bytes on every call. `vocabularyPath`: the model whose tokenizer is taken over. */
export async function tinyLanguageModel(kind: MemoryKind, vocabularyPath: string): Promise<Uint8Array> {
  const { architecture, metadata, outputNorm, layer } = designs[kind];
  const tokenizer = await tokenizerOf(vocabularyPath);
  const vocabulary = tokenizer.length;
  const weights: readonly Weights[] = [
    { name: 'token_embd.weight', shape: [embedding, vocabulary] },
    { name: outputNorm, shape: [embedding], fill: 1 },
    { name: 'output.weight', shape: [embedding, vocabulary] },
    ...Array.from({ length: layers }, (_, index) =>
      layer(index).map(({ name, ...rest }) => ({ name: `blk.${index}.${name}`, ...rest })),
    ).flat(),
  ];
  const own = {
    context_length: value.uint32(4096),
    embedding_length: value.uint32(embedding),
    block_count: value.uint32(layers),
    vocab_size: value.uint32(vocabulary),
    'attention.layer_norm_rms_epsilon': value.float32(1e-5),
    ...metadata,
  };
  const { bytes } = ggufHeader({
    metadata: {
      'general.architecture': value.text(architecture),
      ...Object.fromEntries(Object.entries(own).map(([key, one]) => [`${architecture}.${key}`, one])),
      ...tokenizer.metadata,
    },
    tensors: weights.map(({ name, shape, fill }) => ({ name, shape, type: fill === undefined ? f16 : f32 })),
  });
  return joined(bytes, ...weights.map((one, index) => padded(data(one, index + 1))));
}

async function tokenizerOf(path: string): Promise<{ metadata: Record<string, Value>; length: number }> {
  const { metadata } = await readGguf(memorySource(await readFile(path)), { arrays: 'read' });
  const own = [...metadata].filter(([key]) => key.startsWith('tokenizer.'));
  const tokens = metadata.get('tokenizer.ggml.tokens') as GgufArray;
  return { metadata: Object.fromEntries(own.map(([key, one]) => [key, asValue(one)])), length: tokens.length };
}

function asValue(one: GgufScalar | GgufArray): Value {
  if (typeof one === 'object')
    return value.list((one.values ?? []).map((element) => asScalar(element, one.elementType)));
  if (typeof one === 'string') return value.text(one);
  return typeof one === 'boolean' ? value.bool(one) : value.uint32(Number(one));
}

function asScalar(element: GgufScalar, type: GgufValueType): Value {
  if (typeof element === 'string') return value.text(element);
  return type === 'float32' ? value.float32(Number(element)) : value.int32(Number(element));
}

/** Random halves have the pattern of 0x2c00 to 0x2fff (0.06 to 0.12): no NaN, no infinity. Where one number is asked for, signs differ by column. */
function data({ shape, fill }: Weights, seed: number): Uint8Array {
  const length = shape.reduce((product, dimension) => product * dimension, 1);
  if (fill !== undefined) {
    const floats = Float32Array.from({ length }, (_, index) => (shape[0] === 4 && index % 3 === 0 ? -fill : fill));
    return new Uint8Array(floats.buffer);
  }
  const halves = new Uint16Array(length);
  let state = seed * 2_654_435_761;
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    halves[index] = 0x2c00 | ((state >>> 8) & 0x83ff);
  }
  return new Uint8Array(halves.buffer);
}

function padded(bytes: Uint8Array): Uint8Array {
  return joined(bytes, new Uint8Array(Math.ceil(bytes.length / 32) * 32 - bytes.length));
}
