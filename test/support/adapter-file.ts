/** A LoRA for the chat model as a GGUF file: rank 4 on one matrix of the first layer. */
import { ggufHeader, joined, value } from './gguf-writer.ts';

const embeddingLength = 576;
const rank = 4;

/** `strength` 0 changes nothing; 1 is more than enough to change what the model says. */
export function adapterFile(strength: number, architecture = 'llama'): Uint8Array {
  const { bytes, dataBytes } = ggufHeader({
    metadata: {
      'general.type': value.text('adapter'),
      'general.architecture': value.text(architecture),
      'adapter.type': value.text('lora'),
      'adapter.lora.alpha': value.float32(8),
    },
    tensors: [
      { name: 'blk.0.attn_q.weight.lora_a', shape: [embeddingLength, rank], type: 0 },
      { name: 'blk.0.attn_q.weight.lora_b', shape: [rank, embeddingLength], type: 0 },
    ],
  });
  // Any numbers do; these differ from one another and are the same on every run.
  const weights = Float32Array.from({ length: dataBytes / 4 }, (_, index) => strength * (1 + Math.sin(index * 0.7)));
  return joined(bytes, new Uint8Array(weights.buffer));
}
