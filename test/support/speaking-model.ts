/** The tiny model with a vocabulary of letters and weights drawn at random: it speaks nonsense, fast enough that its statistics can be counted. */
import { readGguf } from '../../src/formats/gguf/read-gguf.ts';
import { memorySource, value } from './gguf-writer.ts';
import { tinyModel } from './tiny-model.ts';

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.split('');
/** The engine looks for a line feed in every vocabulary of byte pairs. */
const lineFeed = 'Ċ';
const end = '<end>';
const tokens = [...letters, lineFeed, end];

const normalType = 1;
const controlType = 3;

/** The same bytes on every call. */
export async function speakingModel(): Promise<Uint8Array> {
  const bytes = tinyModel({
    metadata: {
      'tokenizer.ggml.model': value.text('gpt2'),
      'tokenizer.ggml.pre': value.text('gpt-2'),
      'tokenizer.ggml.tokens': value.list(tokens.map((token) => value.text(token))),
      'tokenizer.ggml.token_type': value.list(
        tokens.map((token) => value.int32(token === end ? controlType : normalType)),
      ),
      'tokenizer.ggml.merges': value.list([value.text('a b')]),
      'tokenizer.ggml.bos_token_id': value.uint32(tokens.length - 1),
      'tokenizer.ggml.eos_token_id': value.uint32(tokens.length - 1),
    },
  });
  const { tensors, dataOffsetBytes } = await readGguf(memorySource(bytes), { arrays: 'skip' });
  let state = 1;
  for (const { type, offsetBytes, sizeBytes } of tensors) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + dataOffsetBytes + offsetBytes, sizeBytes);
    if (type === 'F32') {
      for (let at = 0; at < sizeBytes; at += 4) view.setFloat32(at, 1, true);
      continue;
    }
    for (let at = 0; at < sizeBytes; at += 2) {
      // xorshift32; its bits become a half of either sign between 0.06 and 0.12.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      view.setUint16(at, 0x2c00 | (state & 0x83ff), true);
    }
  }
  return bytes;
}
