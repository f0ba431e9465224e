/**
 * The tensor descriptions of a header and whether the file holds what they describe. llama.cpp accepts one layout only: every tensor
 * begins where the one before it ends, padded to the alignment. Checking for just that covers overlaps, gaps and misplaced data.
 */
import { badGguf, quoted } from './bad-gguf.ts';
import { droppedGgmlTypes, ggmlTypes, type GgmlType } from './ggml-types.ts';
import type { GgufTensor } from './gguf.ts';
import { maxDimensions, maxTensorNameBytes } from './gguf-limits.ts';
import { brokenOffHint, type SourceCursor } from './source-cursor.ts';

/** `count` descriptions from the cursor on. Throws `bad_gguf`. */
export async function readTensors(cursor: SourceCursor, count: number): Promise<GgufTensor[]> {
  const tensors: GgufTensor[] = [];
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    const tensor = await readTensor(cursor);
    if (names.has(tensor.name)) throw badGguf(`tensor ${quoted(tensor.name)} is there twice`);
    names.add(tensor.name);
    tensors.push(tensor);
  }
  return tensors;
}

async function readTensor(cursor: SourceCursor): Promise<GgufTensor> {
  await cursor.fill(8);
  const nameBytes = cursor.count("the length of a tensor's name", maxTensorNameBytes);
  await cursor.fill(nameBytes + 4);
  const name = cursor.text(nameBytes, "a tensor's name");
  const what = `tensor ${quoted(name)}`;

  const dimensions = cursor.uint32();
  if (dimensions > maxDimensions) throw badGguf(`${what} has ${dimensions} dimensions, at most ${maxDimensions} exist`);
  await cursor.fill(dimensions * 8 + 12);
  const shape = Array.from({ length: dimensions }, () => {
    const length = cursor.count(`a dimension of ${what}`, Number.MAX_SAFE_INTEGER);
    if (length === 0) throw badGguf(`${what} has a dimension of 0`);
    return length;
  });
  const type = tensorType(what, cursor.uint32());
  const offsetBytes = cursor.count(`the offset of ${what}`, Number.MAX_SAFE_INTEGER);
  return { name, shape, type: type.name, offsetBytes, sizeBytes: tensorBytes(what, shape, type) };
}

function tensorType(what: string, id: number): GgmlType {
  const type = ggmlTypes.get(id);
  if (type !== undefined) return type;
  const dropped = droppedGgmlTypes.get(id);
  if (dropped === undefined) {
    throw badGguf(
      `${what} has the unknown type ${id}`,
      'A newer release may know this type; otherwise the file is damaged.',
    );
  }
  throw badGguf(
    `${what} has the type ${dropped}, which llama.cpp no longer reads`,
    'Quantise the original model again; Q4_0 takes the place of this type.',
  );
}

function tensorBytes(what: string, shape: readonly number[], type: GgmlType): number {
  const rowElements = shape[0] ?? 1;
  if (rowElements % type.blockElements !== 0) {
    throw badGguf(`${what} has rows of ${rowElements} elements, but ${type.name} has blocks of ${type.blockElements}`);
  }
  // Beyond 2^53 the product is no longer exact, but still too large.
  const elements = shape.reduce((product, length) => product * length, 1);
  const bytes = (elements / type.blockElements) * type.blockBytes;
  if (!Number.isSafeInteger(elements) || !Number.isSafeInteger(bytes)) {
    throw badGguf(`${what} has the impossible shape ${shape.join(' x ')}`);
  }
  return bytes;
}

/** Throws `bad_gguf` unless the tensors lie one after the other and inside the file. */
export function checkTensorData(
  tensors: readonly GgufTensor[],
  alignment: number,
  dataOffsetBytes: number,
  fileSizeBytes: number,
): void {
  let next = 0;
  let end = 0;
  for (const { name, offsetBytes, sizeBytes } of tensors) {
    if (offsetBytes !== next) throw badGguf(`tensor ${quoted(name)} lies at byte ${offsetBytes} instead of ${next}`);
    end = offsetBytes + sizeBytes;
    next = padded(end, alignment);
    if (!Number.isSafeInteger(dataOffsetBytes + next)) throw badGguf(`tensor ${quoted(name)} ends beyond any file`);
  }
  const needed = dataOffsetBytes + end;
  // The padding after the last tensor may be missing.
  if (tensors.length > 0 && fileSizeBytes < needed) {
    throw badGguf(`file is ${fileSizeBytes} bytes, needs ${needed}`, brokenOffHint);
  }
}

/** The next multiple of `alignment`. */
export function padded(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
