/** Checkpoints of a few layers with numbers out of a fixed sequence, as the transformers library would write them: file name to bytes. */
import { readSafetensors } from '../../src/formats/safetensors/read-safetensors.ts';
import { joined, memorySource, uint64 } from './gguf-writer.ts';

export type CheckpointFiles = ReadonlyMap<string, Uint8Array>;

export type NumberFormat = 'F32' | 'F16' | 'BF16';

export interface StoredTensor {
  readonly type: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export function safetensorsFile(tensors: Readonly<Record<string, StoredTensor>>): Uint8Array {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const [name, { type, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype: type, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  return joined(uint64(text.length), text, ...Object.values(tensors).map(({ bytes }) => bytes));
}

/** The same numbers for the same seed on every machine (xorshift, Marsaglia 2003). */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Small numbers of both signs. */
export function randomTensor(type: NumberFormat, shape: readonly number[], next: () => number): StoredTensor {
  const count = shape.reduce((product, length) => product * length, 1);
  if (type === 'F32') {
    const floats = Float32Array.from({ length: count }, () => (next() / 2 ** 32 - 0.5) / 8);
    return { type, shape, bytes: new Uint8Array(floats.buffer) };
  }
  // Sign and fraction by chance, the exponent between -7 and -4.
  const exponent = type === 'F16' ? () => (8 + (next() % 4)) << 10 : () => (120 + (next() % 4)) << 7;
  const fraction = type === 'F16' ? 0x3ff : 0x7f;
  const bits = Uint16Array.from({ length: count }, () => (next() & (0x8000 | fraction)) | exponent());
  return { type, shape, bytes: new Uint8Array(bits.buffer) };
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

const width = 32;
const inner = 64;
const heads = 4;
const keyHeads = 2;

type Shapes = Readonly<Record<string, readonly number[]>>;

const attention = (headLength: number): Shapes => ({
  'self_attn.q_proj.weight': [heads * headLength, width],
  'self_attn.k_proj.weight': [keyHeads * headLength, width],
  'self_attn.v_proj.weight': [keyHeads * headLength, width],
  'self_attn.o_proj.weight': [width, heads * headLength],
});

const feedForward: Shapes = {
  'mlp.gate_proj.weight': [inner, width],
  'mlp.up_proj.weight': [inner, width],
  'mlp.down_proj.weight': [width, inner],
};

const norms = (...names: readonly string[]): Shapes =>
  Object.fromEntries(names.map((name) => [`${name}.weight`, [width]]));

const twoNorms = norms('input_layernorm', 'post_attention_layernorm');
const fourNorms = {
  ...twoNorms,
  ...norms('pre_feedforward_layernorm', 'post_feedforward_layernorm'),
};

const biases = (headLength: number): Shapes => ({
  'self_attn.q_proj.bias': [heads * headLength],
  'self_attn.k_proj.bias': [keyHeads * headLength],
  'self_attn.v_proj.bias': [keyHeads * headLength],
});

const headNorms = (headLength: number): Shapes => ({
  'self_attn.q_norm.weight': [headLength],
  'self_attn.k_norm.weight': [headLength],
});

interface Model {
  readonly config: Readonly<Record<string, unknown>>;
  readonly inLayer: Shapes;
  readonly hasHead?: boolean;
  readonly tokenizer: 'pieces' | 'llama' | 'qwen';
  readonly type: NumberFormat;
  /** More rows of embeddings than the configuration has tokens. */
  readonly moreRows?: number;
}

const plain = {
  hidden_size: width,
  intermediate_size: inner,
  num_hidden_layers: 2,
  num_attention_heads: heads,
  num_key_value_heads: keyHeads,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
};

/** One of each kind that Corral imports, with what is particular to it. */
export const tinyModels = {
  llama3: {
    config: {
      ...plain,
      architectures: ['LlamaForCausalLM'],
      rope_scaling: {
        rope_type: 'llama3',
        factor: 32,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 128,
      },
    },
    inLayer: { ...attention(8), ...feedForward, ...twoNorms },
    hasHead: true,
    tokenizer: 'llama',
    type: 'BF16',
  },
  llamaOfPieces: {
    config: {
      ...plain,
      architectures: ['LlamaForCausalLM'],
      head_dim: 8,
      rope_scaling: { type: 'linear', factor: 2 },
    },
    inLayer: { ...attention(8), ...feedForward, ...twoNorms },
    tokenizer: 'pieces',
    type: 'F32',
  },
  mistral: {
    config: { ...plain, architectures: ['MistralForCausalLM'], head_dim: 16 },
    inLayer: { ...attention(16), ...feedForward, ...twoNorms },
    hasHead: true,
    tokenizer: 'pieces',
    type: 'F16',
  },
  qwen2: {
    config: { ...plain, architectures: ['Qwen2ForCausalLM'] },
    inLayer: { ...attention(8), ...biases(8), ...feedForward, ...twoNorms },
    tokenizer: 'qwen',
    type: 'BF16',
  },
  qwen3: {
    config: { ...plain, architectures: ['Qwen3ForCausalLM'], head_dim: 16 },
    inLayer: { ...attention(16), ...headNorms(16), ...feedForward, ...twoNorms },
    tokenizer: 'qwen',
    type: 'BF16',
  },
  gemma: {
    config: { ...plain, architectures: ['GemmaForCausalLM'], head_dim: 8 },
    inLayer: { ...attention(8), ...feedForward, ...twoNorms },
    tokenizer: 'pieces',
    type: 'BF16',
  },
  gemma2: {
    config: {
      ...plain,
      architectures: ['Gemma2ForCausalLM'],
      head_dim: 8,
      sliding_window: 64,
      attn_logit_softcapping: 50,
      final_logit_softcapping: 30,
    },
    inLayer: { ...attention(8), ...feedForward, ...fourNorms },
    tokenizer: 'pieces',
    type: 'F32',
  },
  gemma3: {
    config: {
      ...plain,
      architectures: ['Gemma3ForCausalLM'],
      head_dim: 8,
      num_hidden_layers: 6,
      sliding_window: 64,
      sliding_window_pattern: 3,
    },
    inLayer: { ...attention(8), ...headNorms(8), ...feedForward, ...fourNorms },
    tokenizer: 'pieces',
    type: 'BF16',
    moreRows: 4,
  },
  phi3: {
    config: {
      ...plain,
      architectures: ['Phi3ForCausalLM'],
      num_key_value_heads: heads,
      original_max_position_embeddings: 128,
      sliding_window: 256,
      rope_scaling: { type: 'longrope', long_factor: [1, 2, 3, 4], short_factor: [1, 1, 1, 1] },
    },
    inLayer: {
      'self_attn.qkv_proj.weight': [3 * width, width],
      'self_attn.o_proj.weight': [width, width],
      'mlp.gate_up_proj.weight': [2 * inner, width],
      'mlp.down_proj.weight': [width, inner],
      ...twoNorms,
    },
    hasHead: true,
    tokenizer: 'llama',
    type: 'BF16',
  },
} as const satisfies Readonly<Record<string, Model>>;

export type TinyModel = keyof typeof tinyModels;

/** `files`: over those that it would have; `type`: of its numbers, instead of its own. */
export function tinyCheckpoint(
  name: TinyModel,
  files: Readonly<Record<string, Uint8Array>> = {},
  type?: NumberFormat,
): CheckpointFiles {
  const model: Model = tinyModels[name];
  const tokenizer = model.tokenizer === 'pieces' ? pieceFiles() : bytePairFiles(splits[model.tokenizer]);
  const vocabulary = model.tokenizer === 'pieces' ? pieces.length + 3 : bytePairTokens.length;
  const config = { ...model.config, vocab_size: vocabulary };
  const next = numbersFrom(7);
  const shapes: Record<string, readonly number[]> = {
    'model.embed_tokens.weight': [vocabulary + (model.moreRows ?? 0), width],
    'model.norm.weight': [width],
    ...(model.hasHead === true ? { 'lm_head.weight': [vocabulary, width] } : {}),
  };
  for (let layer = 0; layer < Number(model.config['num_hidden_layers']); layer++) {
    for (const [part, shape] of Object.entries(model.inLayer)) shapes[`model.layers.${layer}.${part}`] = shape;
  }
  const tensors = Object.fromEntries(
    Object.entries(shapes).map(([key, shape]) => [key, randomTensor(type ?? model.type, shape, next)]),
  );
  return new Map([
    ['config.json', json(config)],
    ['model.safetensors', safetensorsFile(tensors)],
    ...tokenizer,
    ...Object.entries(files),
  ]);
}

/** A checkpoint of F32 with other weights. */
export async function rewritten(
  files: CheckpointFiles,
  change: (name: string, weights: Float32Array, columns: number) => Float32Array,
): Promise<CheckpointFiles> {
  const source = memorySource(files.get('model.safetensors') ?? new Uint8Array());
  const tensors: Record<string, StoredTensor> = {};
  for (const { name, type, shape, offsetBytes, sizeBytes } of await readSafetensors(source, 'model.safetensors')) {
    const weights = floatsOf(await source.read(offsetBytes, sizeBytes));
    tensors[name] = { type, shape, bytes: bytesOf(change(name, weights, shape[1] ?? 0)) };
  }
  return new Map([...files, ['model.safetensors', safetensorsFile(tensors)]]);
}

/** With norms of 1 and larger weights every layer matters to what the model says. */
export const lively = (name: TinyModel): Promise<CheckpointFiles> =>
  rewritten(tinyCheckpoint(name, {}, 'F32'), (tensor, weights) =>
    tensor.endsWith('norm.weight') ? weights.map((value) => 1 + value) : weights.map((value) => 8 * value),
  );

export const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);

export const bytesOf = (floats: Float32Array): Uint8Array =>
  new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);

/** Regular expressions of Llama 3's and Qwen 2's own tokenizer.json: they identify the way words are cut. */
const qwenSplit = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const splits = { qwen: qwenSplit, llama: qwenSplit.replace(String.raw`|\p{N}|`, String.raw`|\p{N}{1,3}|`) };

/** The letters that stand for bytes in GPT-2's tokens, three special ones and some merges. */
const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
const byteLetters = Array.from({ length: 256 }, (_, byte) => byte)
  .sort((one, other) => Number(printable(other)) - Number(printable(one)))
  .map((byte, index, all) =>
    String.fromCodePoint(printable(byte) ? byte : 256 + index - all.filter((item) => printable(item)).length),
  );
const merges = ['t h', 'th e', 'Ġ the', 'a n', 'an d'];
const bytePairTokens = [
  '<|end|>',
  '<|user|>',
  '<|more|>',
  ...byteLetters,
  ...merges.map((merge) => merge.replace(' ', '')),
];

function bytePairFiles(split: string): [string, Uint8Array][] {
  const special = bytePairTokens.slice(0, 3).map((content, id) => ({ id, content, special: id < 2 }));
  return [
    [
      'tokenizer.json',
      json({
        added_tokens: special,
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [
            { type: 'Split', pattern: { Regex: split }, behavior: 'Isolated' },
            { type: 'ByteLevel', use_regex: false },
          ],
        },
        model: {
          type: 'BPE',
          vocab: Object.fromEntries(bytePairTokens.map((token, id) => [token, id])),
          merges: merges.map((merge) => merge.split(' ')),
        },
      }),
    ],
    [
      'tokenizer_config.json',
      json({
        bos_token: '<|user|>',
        eos_token: { content: '<|end|>' },
        add_bos_token: false,
        chat_template: '{{ messages[0].content }}',
      }),
    ],
    ['generation_config.json', json({ bos_token_id: 1, eos_token_id: [0, 1] })],
  ];
}

interface Piece {
  readonly text: string;
  readonly type: number;
}

const pieces: readonly Piece[] = [
  { text: '<unk>', type: 2 },
  { text: '<s>', type: 3 },
  { text: '</s>', type: 3 },
  ...Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
    type: 6,
  })),
  ...['<start_of_turn>', '<end_of_turn>', '▁', 't', 'h', 'e', 'th', 'the', '▁the', '하', '늘', '하늘', '▁하늘'].map(
    (text) => ({ text, type: 1 }),
  ),
];

/** With two tokens behind them, and one row that no token has. */
function pieceFiles(): [string, Uint8Array][] {
  const added = ['<one>', '<two>'];
  return [
    ['tokenizer.model', sentencePieceModel(pieces)],
    ['added_tokens.json', json(Object.fromEntries(added.map((text, nth) => [text, pieces.length + nth])))],
    ['special_tokens_map.json', json({ additional_special_tokens: [{ content: '▁' }] })],
    [
      'tokenizer_config.json',
      json({
        bos_token: '<s>',
        eos_token: '</s>',
        add_bos_token: true,
        chat_template: [
          { name: 'tool_use', template: 'tools' },
          { name: 'default', template: '{{ messages[0].content }}' },
        ],
      }),
    ],
    [
      'tokenizer.json',
      json({
        added_tokens: [
          { id: 1, content: '<s>', special: true },
          { id: 2, content: '</s>', special: true },
        ],
        model: { type: 'BPE', byte_fallback: true, vocab: {}, merges: [] },
      }),
    ],
  ];
}

/** As protocol buffers write it; every text here is shorter than 128 bytes. */
export function sentencePieceModel(list: readonly Piece[]): Uint8Array {
  return joined(
    ...list.map(({ text, type }, nth) => {
      const bytes = Buffer.from(text);
      const score = Buffer.alloc(4);
      score.writeFloatLE(-nth);
      const message = joined([0x0a, bytes.length], bytes, [0x15], score, type === 1 ? [] : [0x18, type]);
      return joined([0x0a, message.length], message);
    }),
  );
}
