/** A reranker made of the starter embedding model: its weights and vocabulary, and a classifier of one's choice on top. */
import { readFile } from 'node:fs/promises';
import { readGguf } from '../../src/formats/gguf/read-gguf.ts';
import { joined, memorySource, tensor } from './gguf-writer.ts';

export type Pooling = 'cls' | 'rank';

/** Numbers of enum llama_pooling_type. */
const poolingTypes: Readonly<Record<Pooling, number>> = { cls: 2, rank: 4 };
const poolingKey = 'bert.pooling_type';
const fixedBytes = 24;
const f32 = 0;

/** `classifier` has a weight for each number of the first token's vector; its product with that is the score before it is squashed. */
export async function rerankerFile(base: string, classifier: Float32Array, pooling: Pooling): Promise<Uint8Array> {
  const bytes = await readFile(base);
  const { tensors, dataOffsetBytes } = await readGguf(memorySource(bytes), { arrays: 'skip' });
  const [first] = tensors;
  if (first === undefined) throw new Error('the base has no tensors');
  const descriptionsAt = bytes.indexOf(first.name, 0, 'latin1') - 8;
  const described = tensors.reduce((sum, { name, shape }) => sum + 8 + name.length + 4 + 8 * shape.length + 12, 0);
  const header = Buffer.from(bytes.subarray(0, descriptionsAt + described));
  header.writeBigUInt64LE(BigInt(tensors.length + 1), 8);
  header.writeUInt32LE(poolingTypes[pooling], header.indexOf(poolingKey, fixedBytes) + poolingKey.length + 4);
  const data = padded(bytes.subarray(dataOffsetBytes));
  const added = tensor({ name: 'cls.output.weight', shape: [classifier.length, 1], type: f32, offset: data.length });
  const weights = new Uint8Array(classifier.buffer, classifier.byteOffset, classifier.byteLength);
  return joined(padded(joined(header, added)), data, padded(weights));
}

function padded(bytes: Uint8Array): Uint8Array {
  return joined(bytes, new Uint8Array(Math.ceil(bytes.length / 32) * 32 - bytes.length));
}
