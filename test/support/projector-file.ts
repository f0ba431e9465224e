/** The smallest GGUF file that counts as a projector. */
import { ggufFile, value } from './gguf-writer.ts';

export function projectorFile(): Uint8Array {
  return ggufFile({
    metadata: {
      'general.architecture': value.text('clip'),
      'general.type': value.text('mmproj'),
      'clip.has_vision_encoder': value.bool(true),
      'clip.projector_type': value.text('mlp'),
    },
    tensors: [{ name: 'v.patch_embd.weight', shape: [4, 4], type: 0 }],
  });
}
