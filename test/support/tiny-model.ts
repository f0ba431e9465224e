/** A llama model with all its tensors but hardly any size, for what only rewrites files: it has no vocabulary and says nothing. */
import { ggufHeader, joined, value } from './gguf-writer.ts';

// Rows of 256: the length of a block of the finest formats.
const embeddingLength = 256;
const feedForwardLength = 512;
const vocabularySize = 64;
const layers = 4;
const f16 = 1;
const f32 = 0;

export interface TinyModelOptions {
  readonly metadata?: Parameters<typeof ggufHeader>[0]['metadata'];
}

/** Weights in F16; the same bytes on every call. */
export function tinyModel({ metadata = {} }: TinyModelOptions = {}): Uint8Array {
  const { bytes, dataBytes } = ggufHeader({
    metadata: {
      'general.architecture': value.text('llama'),
      'general.file_type': value.uint32(f16),
      'llama.context_length': value.uint32(64),
      'llama.embedding_length': value.uint32(embeddingLength),
      'llama.block_count': value.uint32(layers),
      'llama.feed_forward_length': value.uint32(feedForwardLength),
      'llama.attention.head_count': value.uint32(4),
      'llama.attention.head_count_kv': value.uint32(4),
      'llama.attention.layer_norm_rms_epsilon': value.float32(1e-5),
      'llama.rope.dimension_count': value.uint32(64),
      'llama.vocab_size': value.uint32(vocabularySize),
      ...metadata,
    },
    tensors: [
      { name: 'token_embd.weight', shape: [embeddingLength, vocabularySize], type: f16 },
      { name: 'output_norm.weight', shape: [embeddingLength], type: f32 },
      { name: 'output.weight', shape: [embeddingLength, vocabularySize], type: f16 },
      ...Array.from({ length: layers }, (_, layer) => layerTensors(layer)).flat(),
    ],
  });
  // Small halves of both signs, the pattern of 0x2c00 to 0x2fff (0.06 to 0.12): no NaN, no infinity.
  const data = new Uint16Array(dataBytes / 2);
  for (let index = 0; index < data.length; index++) {
    data[index] = 0x2c00 | ((index * 2_654_435_761) & 0x3ff) | (index % 3 === 0 ? 0x8000 : 0);
  }
  return joined(bytes, new Uint8Array(data.buffer));
}

function layerTensors(layer: number) {
  const square = [embeddingLength, embeddingLength];
  const shapes: Readonly<Record<string, readonly number[]>> = {
    attn_q: square,
    attn_k: square,
    attn_v: square,
    attn_output: square,
    ffn_gate: [embeddingLength, feedForwardLength],
    ffn_up: [embeddingLength, feedForwardLength],
    ffn_down: [feedForwardLength, embeddingLength],
  };
  return [
    { name: `blk.${layer}.attn_norm.weight`, shape: [embeddingLength], type: f32 },
    { name: `blk.${layer}.ffn_norm.weight`, shape: [embeddingLength], type: f32 },
    ...Object.entries(shapes).map(([name, shape]) => ({ name: `blk.${layer}.${name}.weight`, shape, type: f16 })),
  ];
}
