/** The `model_info` and `tensors` of /api/show. */
import type { Gguf, GgufArray, GgufScalar, GgufTensor } from './gguf.ts';
import { modelFacts } from './model-facts.ts';

export type ModelInfoValue = string | number | boolean | null | readonly (string | number | boolean)[];

export interface ModelInfo {
  /** Keys in alphabetical order, as Go prints a map. */
  readonly modelInfo: Readonly<Record<string, ModelInfoValue>>;
  /** Those outside the layers first, then layer by layer, by name; dimensions innermost first. */
  readonly tensors: readonly { readonly name: string; readonly type: string; readonly shape: readonly number[] }[];
}

/** Shown elsewhere in the answer: as the model's name and as its template. */
const leftOut: ReadonlySet<string> = new Set(['general.name', 'tokenizer.chat_template']);

export interface ModelInfoOptions {
  /** Otherwise arrays are null; needs a header that was read with its arrays. */
  readonly verbose: boolean;
}

export function modelInfo(gguf: Gguf, options: ModelInfoOptions): ModelInfo {
  return {
    modelInfo: metadataValues(gguf, options, leftOut),
    tensors: inListingOrder(gguf.tensors).map(({ name, type, shape }) => ({ name, type, shape })),
  };
}

/** The `projector_info` of /api/show: every key, as a projector's name and template are shown nowhere else. */
export function projectorInfo(gguf: Gguf, options: ModelInfoOptions): ModelInfo['modelInfo'] {
  return metadataValues(gguf, options, new Set());
}

function metadataValues(
  gguf: Gguf,
  { verbose }: ModelInfoOptions,
  without: ReadonlySet<string>,
): ModelInfo['modelInfo'] {
  const values = new Map<string, ModelInfoValue>();
  for (const [key, value] of gguf.metadata) {
    if (!without.has(key)) values.set(key, typeof value === 'object' ? listValue(value, verbose) : plainValue(value));
  }
  values.set('general.parameter_count', modelFacts(gguf).parameterCount);
  return Object.fromEntries([...values].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The order in which llama.cpp's quantiser writes tensors, and so the one that Ollama shows for what its `create` has rewritten. */
function inListingOrder(tensors: readonly GgufTensor[]): GgufTensor[] {
  const block = ({ name }: GgufTensor): number => Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1);
  return tensors
    .map((tensor) => ({ tensor, block: block(tensor) }))
    .sort((one, other) => one.block - other.block || (one.tensor.name < other.tensor.name ? -1 : 1))
    .map(({ tensor }) => tensor);
}

function listValue(array: GgufArray, verbose: boolean): ModelInfoValue {
  return verbose && array.values !== undefined ? array.values.map(plainValue) : null;
}

/** JSON has no 64-bit integers; beyond 2^53 the nearest double is what most readers of the answer would see anyway. */
function plainValue(value: GgufScalar): string | number | boolean {
  return typeof value === 'bigint' ? Number(value) : value;
}
