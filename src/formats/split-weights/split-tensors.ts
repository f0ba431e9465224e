/** Which weights of a model are worth splitting (split-q4-1.ts), and what they are then. Pure. */
import type { Gguf, GgufTensor } from '../gguf/gguf.ts';
import { textOf } from '../gguf/gguf-values.ts';
import { blockElements, codeBlockBytes, offsetColumns, offsetRowBytes, sourceBlockBytes } from './split-q4-1.ts';

/** Architectures whose graphs llama.cpp builds so that an adapter may stand over each of the matrices below. */
const architectures: ReadonlySet<string> = new Set([
  'llama',
  'qwen2',
  'qwen3',
  'gemma',
  'gemma2',
  'gemma3',
  'phi3',
  'granite',
  'smollm3',
  'olmo2',
  'exaone',
  'starcoder2',
  'internlm2',
  'command-r',
  'cohere2',
  'falcon',
  'stablelm',
  'baichuan',
  'mistral3',
]);

const matrices = /^blk\.\d+\.(?:attn_(?:q|k|v|qkv|output)|ffn_(?:gate|up|down))\.weight$/;

/**
 * An adapter is four more operations for the engine's threads to meet at, whatever its size: on smaller matrices that takes one token alone more time
 * than several at once save (docs/decisions/0016).
 */
const leastElements = 2 ** 18;

/** The engine lays Q4_0 out anew, which its fast kernels need, in groups of so many rows. */
const groupRows = 8;

/** A matrix much wider than high would get a matrix of sums larger than itself. */
const mostColumnsPerRow = 8;

export interface SplitTensor {
  readonly name: string;
  /** Blocks of 32 weights in a row. */
  readonly rowBlocks: number;
  readonly rows: number;
}

/**
 * Those of `header` in file order. None where the architecture is not known to take adapters, where the engine would scale a product without its
 * offsets, and where they are the smaller part of the model: all of it is copied for them.
 */
export function splitTensors(header: Gguf): readonly SplitTensor[] {
  if (!architectures.has(textOf(header, 'general.architecture') ?? '')) return [];
  if (header.tensors.some(({ name }) => name.endsWith('.scale'))) return [];
  const tensors = header.tensors.filter(isWorthwhile);
  if (sizeOf(tensors) * 2 < sizeOf(header.tensors)) return [];
  return tensors.map(({ name, shape: [columns = 0, rows = 0] }) => {
    return { name, rowBlocks: columns / blockElements, rows };
  });
}

function isWorthwhile({ name, type, shape }: GgufTensor): boolean {
  const [columns = 0, rows = 0, ...rest] = shape;
  if (type !== 'Q4_1' || !matrices.test(name) || rest.some((length) => length !== 1)) return false;
  return columns * rows >= leastElements && rows % groupRows === 0 && columns <= mostColumnsPerRow * rows;
}

function sizeOf(tensors: readonly GgufTensor[]): number {
  return tensors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Bytes that a split model takes more than it did, offsets and the matrices that add up blocks included. */
export function addedBytes(tensors: readonly SplitTensor[]): number {
  let bytes = 0;
  for (const { rowBlocks, rows } of tensors) {
    const codes = (codeBlockBytes - sourceBlockBytes) * rowBlocks * rows;
    bytes += codes + offsetRowBytes(rowBlocks) * rows + offsetColumns(rowBlocks) * rowBlocks * codeBlockBytes;
  }
  return bytes;
}
