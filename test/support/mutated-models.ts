/**
 * Damaged and malicious model files, made from a starter model and put into a store as if they had been created there. Only the header
 * is real and changed; the weights behind it are a hole in the file, so that a hundred megabytes cost nothing.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { fileByteSource } from '../../src/store/file-byte-source.ts';
import { readGguf } from '../../src/formats/gguf/read-gguf.ts';

export interface ModelHeader {
  /** Everything before the weights. */
  readonly bytes: Buffer;
  readonly fileSizeBytes: number;
}

export interface MutatedFile {
  readonly header: Buffer;
  readonly fileSizeBytes: number;
}

export type Mutation = (header: ModelHeader) => MutatedFile;

export async function readHeader(modelPath: string): Promise<ModelHeader> {
  const source = await fileByteSource(modelPath);
  try {
    const { dataOffsetBytes } = await readGguf(source, { arrays: 'skip' });
    const bytes = Buffer.from(await source.read(0, dataOffsetBytes));
    return { bytes, fileSizeBytes: statSync(modelPath).size };
  } finally {
    await source.close();
  }
}

/** Where the value of a key stands: behind the key's text and the four bytes of the value's type. */
function valueOffset(header: Buffer, key: string): number {
  const at = header.indexOf(key);
  if (at === -1) throw new Error(`the starter model has no key ${key}`);
  return at + key.length + 4;
}

/** Where a tensor's description stands behind its name: dimensions (4 bytes), each dimension (8), type (4), offset (8). */
function tensorOffset(header: Buffer, tensor: string): number {
  const at = header.lastIndexOf(tensor);
  if (at === -1) throw new Error(`the starter model has no tensor ${tensor}`);
  return at + tensor.length;
}

function changed(change: (header: Buffer) => void): Mutation {
  return ({ bytes, fileSizeBytes }) => {
    const header = Buffer.from(bytes);
    change(header);
    return { header, fileSizeBytes };
  };
}

const setKey = (key: string, value: number): Mutation =>
  changed((header) => header.writeUInt32LE(value, valueOffset(header, key)));

const cutTo = (sizeBytes: (header: ModelHeader) => number): Mutation => {
  return (header) => {
    const fileSizeBytes = sizeBytes(header);
    return { header: header.bytes.subarray(0, fileSizeBytes), fileSizeBytes };
  };
};

const huge = 2n ** 63n;

/** Each as a person would name what is wrong with it. */
export const namedMutations: Readonly<Record<string, Mutation>> = {
  'an empty file': cutTo(() => 0),
  'the magic number alone': cutTo(() => 4),
  'a file cut off in the header': cutTo(({ bytes }) => Math.floor(bytes.length / 2)),
  'a file cut off in the weights': cutTo(({ fileSizeBytes }) => Math.floor(fileSizeBytes / 2)),
  'another version': changed((header) => header.writeUInt32LE(77, 4)),
  '2^63 tensors': changed((header) => header.writeBigUInt64LE(huge, 8)),
  '2^63 keys': changed((header) => header.writeBigUInt64LE(huge, 16)),
  'a key of 2^63 bytes': changed((header) => header.writeBigUInt64LE(huge, 24)),
  'a value of an unknown type': changed((header) =>
    header.writeUInt32LE(99, valueOffset(header, 'general.architecture') - 4),
  ),
  'an architecture that nobody knows': changed((header) =>
    header.write('zzz', valueOffset(header, 'general.architecture') + 8),
  ),
  'no layers': setKey('llama.block_count', 0),
  'four billion layers': setKey('llama.block_count', 0xffff_ffff),
  'more layers than there are': setKey('llama.block_count', 31),
  'no width': setKey('llama.embedding_length', 0),
  'another width': setKey('llama.embedding_length', 577),
  'no attention heads': setKey('llama.attention.head_count', 0),
  'more key heads than heads': setKey('llama.attention.head_count_kv', 4096),
  'a context of four billion tokens': setKey('llama.context_length', 0xffff_ffff),
  'a rotation wider than a head': setKey('llama.rope.dimension_count', 0xffff_fff0),
  'an end token beyond the vocabulary': setKey('tokenizer.ggml.eos_token_id', 0x7fff_ffff),
  'a tensor with five dimensions': changed((header) =>
    header.writeUInt32LE(5, tensorOffset(header, 'token_embd.weight')),
  ),
  'a tensor with dimensions that overflow': changed((header) =>
    header.writeBigUInt64LE(2n ** 62n, tensorOffset(header, 'token_embd.weight') + 12),
  ),
  'a tensor of an unknown type': changed((header) =>
    header.writeUInt32LE(200, tensorOffset(header, 'token_embd.weight') + 20),
  ),
  'a tensor beyond the end of the file': changed((header) =>
    header.writeBigUInt64LE(2n ** 40n, tensorOffset(header, 'output_norm.weight') + 16),
  ),
  'two tensors in one place': changed((header) =>
    header.writeBigUInt64LE(0n, tensorOffset(header, 'blk.5.ffn_up.weight') + 24),
  ),
  'weights that are all zero': ({ bytes, fileSizeBytes }) => ({ header: bytes, fileSizeBytes }),
};

/** Keys whose value is a number of 32 bits, which decide over sizes, indices and factors in the engine. */
const numericKeys = [
  'general.file_type',
  'general.quantization_version',
  'llama.attention.head_count',
  'llama.attention.head_count_kv',
  'llama.attention.layer_norm_rms_epsilon',
  'llama.block_count',
  'llama.context_length',
  'llama.embedding_length',
  'llama.feed_forward_length',
  'llama.rope.dimension_count',
  'llama.rope.freq_base',
  'llama.vocab_size',
  'tokenizer.ggml.bos_token_id',
  'tokenizer.ggml.padding_token_id',
  'tokenizer.ggml.unknown_token_id',
];
const oddNumbers = [0, 1, 3, 255, 4097, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** Always the same for the same seed (Park and Miller's generator). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Some bytes changed anywhere in the header: mostly seen by whoever parses it. */
export function randomBytes(seed: number): Mutation {
  const random = randomNumbers(seed);
  return changed((header) => {
    for (let change = 0; change < 4; change++) header.writeUInt8(random(256), 8 + random(header.length - 8));
  });
}

/** Two numbers replaced by ones that a program may not expect: a well-formed file, seen by the engine itself. */
export function randomValues(seed: number): Mutation {
  const random = randomNumbers(seed);
  return changed((header) => {
    for (let change = 0; change < 2; change++) {
      const key = numericKeys[random(numericKeys.length)] ?? '';
      header.writeUInt32LE(oddNumbers[random(oddNumbers.length)] ?? 0, valueOffset(header, key));
    }
  });
}

/** Puts a file into the store as model `name`, with the other layers of the model `like` (its manifest's path in the store). */
export function putModel(modelsDir: string, name: string, like: string, file: MutatedFile): void {
  const hash = createHash('sha256').update(file.header);
  const zeros = Buffer.alloc(1 << 20);
  for (let left = file.fileSizeBytes - file.header.length; left > 0; left -= zeros.length) {
    hash.update(left < zeros.length ? zeros.subarray(0, left) : zeros);
  }
  const hex = hash.digest('hex');
  const blob = openSync(path.join(modelsDir, 'blobs', `sha256-${hex}`), 'w');
  writeSync(blob, file.header);
  ftruncateSync(blob, file.fileSizeBytes);
  closeSync(blob);

  const manifests = path.join(modelsDir, 'manifests', 'registry.ollama.ai', 'library');
  const manifest = JSON.parse(readFileSync(path.join(manifests, like), 'utf8')) as {
    layers: Record<string, unknown>[];
  };
  const layers = manifest.layers.map((layer) =>
    layer['mediaType'] === 'application/vnd.ollama.image.model'
      ? { ...layer, digest: `sha256:${hex}`, size: file.fileSizeBytes }
      : layer,
  );
  mkdirSync(path.join(manifests, name), { recursive: true });
  writeFileSync(path.join(manifests, name, 'latest'), JSON.stringify({ ...manifest, layers }));
}
