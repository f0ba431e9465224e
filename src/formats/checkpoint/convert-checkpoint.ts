/**
 * A checkpoint as a GGUF file: tokenizer and hyperparameters anew, weights passed through in pieces. Keys, names, types and their order are
 * those of Ollama's converter (its convert/), so that one checkpoint has one digest wherever it is imported; where that
 * gives a model that answers wrongly, this doesn't follow (docs/differences.md).
 */
import { CorralError } from '../../core/corral-error.ts';
import { quoted } from '../gguf/bad-gguf.ts';
import { maxTensors } from '../gguf/gguf-limits.ts';
import { asObject } from '../untrusted-json.ts';
import { encodePairs, type MetadataValue } from '../gguf/encode-metadata.ts';
import type { GgufToWrite, TensorToWrite } from '../gguf/write-gguf.ts';
import { layerCount, type Architecture, type ComputedTensor } from './architecture.ts';
import { ropeType } from './rope.ts';
import { architectureOf } from './architecture-of.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import type { Checkpoint, CheckpointTensor } from './checkpoint.ts';
import { Config } from './config.ts';
import { convertedTensor } from './converted-tensor.ts';
import { rotaryHeads } from './rotary-heads.ts';
import { readJsonObject } from './read-json-file.ts';
import { tensorName } from './tensor-names.ts';
import { readTokenizer, type Tokenizer } from './tokenizer-entries.ts';
import { fitted, type Vocabulary } from './vocabulary.ts';

export interface ConvertedCheckpoint {
  readonly gguf: GgufToWrite;
  readonly isPreTokenizerUnknown: boolean;
}

/** Throws `bad_checkpoint` or `not_supported`, and what the sources throw. */
export async function convertCheckpoint(checkpoint: Checkpoint): Promise<ConvertedCheckpoint> {
  const values = await readJsonObject(checkpoint.files, 'config.json');
  if (values === undefined) throw badCheckpoint('there is no config.json', folderHint);
  const config = new Config(values, 'config.json');
  const architecture = architectureOf(config);
  checkRope(config, architecture);
  await checkFiles(checkpoint);
  const tokenizer = await readTokenizer(checkpoint);
  const placed = placedTensors(checkpoint.tensors, architecture);
  const vocabulary = fullVocabulary(placed, config, architecture, tokenizer);
  // First of all the weights: how many layers there are is no matter of belief then.
  const tensors = tensorsOf(placed, config, architecture, vocabulary);
  const entries = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: architecture.name }],
    ['general.file_type', { type: 'uint32', value: 1 }],
    ['general.quantization_version', { type: 'uint32', value: 2 }],
    ...vocabularyEntries(vocabulary, architecture),
    ...tokenizer.entries,
  ]);
  for (const [key, value] of await architecture.entries(config, checkpoint)) {
    const isOfTokenizer = key.startsWith('tokenizer.');
    if (value !== undefined) entries.set(isOfTokenizer ? key : `${architecture.name}.${key}`, value);
  }
  return {
    gguf: { pairs: encodePairs([...entries].sort(byKey)), tensors: tensors.sort(byBlock), alignment: 32 },
    isPreTokenizerUnknown: tokenizer.isPreTokenizerUnknown,
  };
}

const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]) => (one < other ? -1 : 1);

/** Blocks in their order, what belongs to none behind them. */
function byBlock(one: TensorToWrite, other: TensorToWrite): number {
  const [first, second] = [blockOf(one), blockOf(other)];
  if (first !== second) return first < second ? -1 : 1;
  return one.name < other.name ? -1 : 1;
}

const blockOf = ({ name }: { readonly name: string }) => Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? Infinity);

const folderHint = 'Name the folder that holds all files of the model, not one of its files.';

/** What is stretched in another way answers worse the longer it gets. NTK by need (`dynamic`) changes nothing within the context. */
function checkRope(config: Config, { ropes, name }: Architecture): void {
  const type = ropeType(config);
  if (type === undefined || ['default', 'dynamic', ...ropes].includes(type)) return;
  throw new CorralError(
    'not_supported',
    `a ${name} model whose rope is stretched by ${quoted(type)} can't be imported`,
    {
      hint: kindHint,
    },
  );
}

/** A checkpoint of several files comes with a list of all tensors. */
async function checkFiles({ files, tensors }: Checkpoint): Promise<void> {
  if (tensors.length > maxTensors) throw badCheckpoint(`${tensors.length} tensors are too many`);
  const index = await readJsonObject(files, 'model.safetensors.index.json');
  const present = new Set(tensors.map(({ name }) => name));
  for (const [name, file] of Object.entries(asObject(index?.['weight_map']) ?? {})) {
    if (!present.has(name)) throw badCheckpoint(`the tensor ${quoted(name)} of ${quoted(String(file))} is missing`);
  }
}

/** As many tokens as the embeddings have rows, which is what the engine wants. */
function fullVocabulary(
  placed: readonly PlacedTensor[],
  config: Config,
  { dropsUnusedRows, spelling, name: kind }: Architecture,
  { vocabulary }: Tokenizer,
): Vocabulary {
  if (vocabulary.isWordPiece !== (spelling !== undefined)) {
    throw new CorralError('not_supported', `a ${kind} model with this kind of tokenizer can't be imported`, {
      hint: kindHint,
    });
  }
  const embeddings = placed.find(({ name }) => name === 'token_embd.weight')?.tensor;
  if (embeddings === undefined) throw badCheckpoint('the weights have no token embeddings');
  const rows = embeddings.shape[0] ?? 0;
  const used = Math.max(config.count('vocab_size') ?? 0, vocabulary.tokens.length);
  return fitted(vocabulary, dropsUnusedRows === true ? Math.min(rows, used) : rows);
}

function vocabularyEntries(
  { model, tokens }: Vocabulary,
  { spelling = (token: string) => token }: Architecture,
): readonly (readonly [string, MetadataValue])[] {
  return [
    ['tokenizer.ggml.model', { type: 'string', value: model }],
    ['tokenizer.ggml.tokens', { type: 'string[]', value: tokens.map((token) => spelling(token.text)) }],
    ['tokenizer.ggml.scores', { type: 'float32[]', value: tokens.map(({ score }) => score) }],
    ['tokenizer.ggml.token_type', { type: 'int32[]', value: tokens.map(({ type }) => type) }],
  ];
}

function tensorsOf(
  placed: readonly PlacedTensor[],
  config: Config,
  architecture: Architecture,
  { tokens }: Vocabulary,
): TensorToWrite[] {
  const queries = config.needed('num_attention_heads', 'n_head');
  const heads = { queries, keys: config.count('num_key_value_heads') ?? queries };
  checkLayers(placed, layerCount(config));
  checkOutside(placed, config, architecture);
  const converted = placed.map(({ name, tensor }) => {
    const isNorm = architecture.hasNormsAroundZero === true && name.endsWith('_norm.weight');
    const isCut = architecture.dropsUnusedRows === true && rowsOfTokens.has(name);
    return convertedTensor(tensor, {
      name,
      rotaryHeads: architecture.interleavesRotary === true ? rotaryHeads(name, heads) : undefined,
      addsOne: isNorm,
      rows: isCut ? tokens.length : undefined,
    });
  });
  return [...converted, ...(architecture.computed?.(config) ?? []).map(computedTensor)];
}

const rowsOfTokens: ReadonlySet<string> = new Set(['token_embd.weight', 'output.weight']);

interface PlacedTensor {
  /** In GGUF. */
  readonly name: string;
  readonly tensor: CheckpointTensor;
}

/** What is not known of an architecture is refused: without it the model would be another. */
function placedTensors(tensors: readonly CheckpointTensor[], { names, name: kind }: Architecture): PlacedTensor[] {
  const placed = new Map<string, PlacedTensor>();
  for (const tensor of tensors) {
    if (names.leftOut.test(tensor.name)) continue;
    const name = tensorName(names, tensor.name);
    if (name === undefined) {
      throw new CorralError('not_supported', `a ${kind} model has no tensor ${quoted(tensor.name)}`, {
        hint: kindHint,
      });
    }
    if (placed.has(name)) throw badCheckpoint(`the tensor ${quoted(tensor.name)} is there twice`);
    placed.set(name, { name, tensor });
  }
  return [...placed.values()];
}

const kindHint =
  "The model is a variant that can't be imported so; convert it to GGUF with convert_hf_to_gguf.py of llama.cpp first.";

/** A file that was left out shows as layers without some of their tensors. */
function checkLayers(placed: readonly PlacedTensor[], layers: number): void {
  const perLayer = new Map<number, number>();
  for (const tensor of placed) perLayer.set(blockOf(tensor), (perLayer.get(blockOf(tensor)) ?? 0) + 1);
  const most = Math.max(0, ...[...perLayer].filter(([layer]) => layer < layers).map(([, count]) => count));
  for (let layer = 0; layer < layers; layer++) {
    if (most === 0 || perLayer.get(layer) !== most) throw badCheckpoint(`weights of layer ${layer} are missing`);
  }
  const beyond = [...perLayer.keys()].find((layer) => layer >= layers && layer !== Infinity);
  if (beyond !== undefined) throw badCheckpoint(`there is a layer ${beyond}, though the model has ${layers}`);
}

/** Without a head of its own a model's embeddings are it, which is right only for those that were made so. */
function checkOutside(placed: readonly PlacedTensor[], config: Config, { names }: Architecture): void {
  const present = new Set(placed.map(({ name }) => name));
  const needed = Object.values(names.outside).concat(config.isFalse('tie_word_embeddings') ? ['output'] : []);
  const missing = needed.find((name) => !present.has(`${name}.weight`));
  if (missing !== undefined) throw badCheckpoint(`the weights lack ${quoted(missing)}`);
}

function computedTensor({ name, values }: ComputedTensor): TensorToWrite {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return {
    name,
    shape: [values.length],
    type: 'F32',
    sizeBytes: bytes.length,
    async *data() {
      yield bytes;
    },
  };
}
