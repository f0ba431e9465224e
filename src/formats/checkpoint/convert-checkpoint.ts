/**
 * A checkpoint as a GGUF file: tokenizer and hyperparameters anew, weights passed through in pieces. Keys, names, types and their order are
 * those of Ollama's converter (its convert/), so that one checkpoint has one digest wherever it is imported; where that
 * gives a model that answers wrongly, this doesn't follow (docs/differences.md).
 */
import { quoted } from '../gguf/bad-gguf.ts';
import { encodePairs, type MetadataValue } from '../gguf/encode-metadata.ts';
import type { GgufToWrite, TensorToWrite } from '../gguf/write-gguf.ts';
import type { Architecture, ComputedTensor } from './architecture.ts';
import { architectureOf } from './architecture-of.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import type { Checkpoint, CheckpointTensor } from './checkpoint.ts';
import { Config } from './config.ts';
import { convertedTensor } from './converted-tensor.ts';
import { rotaryHeads } from './rotary-heads.ts';
import { readJsonObject } from './read-json-file.ts';
import { tensorName } from './tensor-names.ts';
import { readTokenizer, type Tokenizer } from './tokenizer-entries.ts';
import { padded, type Vocabulary } from './vocabulary.ts';

export interface ConvertedCheckpoint {
  readonly gguf: GgufToWrite;
  readonly isPreTokenizerUnknown: boolean;
}

/** Throws `bad_checkpoint` or `not_supported`, and what the sources throw. */
export async function convertCheckpoint(checkpoint: Checkpoint): Promise<ConvertedCheckpoint> {
  const values = await readJsonObject(checkpoint.files, 'config.json');
  if (values === undefined) throw badCheckpoint('there is no config.json', 'A model of safetensors files needs it.');
  const config = new Config(values);
  const architecture = architectureOf(config);
  const tokenizer = await readTokenizer(checkpoint);
  const vocabulary = fullVocabulary(checkpoint, config, architecture, tokenizer);
  // First of all the weights: how many layers there are is no matter of belief then.
  const tensors = tensorsOf(checkpoint, config, architecture, vocabulary);
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

/** The engine wants a token for each row of the embeddings. */
function fullVocabulary(
  { tensors }: Checkpoint,
  config: Config,
  { names, dropsUnusedRows }: Architecture,
  { vocabulary }: Tokenizer,
): Vocabulary {
  const embeddings = tensors.find(({ name }) => tensorName(names, name) === 'token_embd.weight');
  if (embeddings === undefined) throw badCheckpoint('the weights have no token embeddings');
  const rows = dropsUnusedRows === true ? 0 : (embeddings.shape[0] ?? 0);
  return padded(vocabulary, Math.max(config.count('vocab_size') ?? 0, rows));
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
  { tensors }: Checkpoint,
  config: Config,
  architecture: Architecture,
  { tokens }: Vocabulary,
): TensorToWrite[] {
  const queries = config.needed('num_attention_heads', 'n_head');
  const heads = { queries, keys: config.count('num_key_value_heads') ?? queries };
  const placed = placedTensors(tensors, architecture);
  checkLayers(placed, config.needed('num_hidden_layers', 'n_layers', 'n_layer'));
  const converted = placed.map(({ name, tensor }) =>
    convertedTensor(tensor, {
      name,
      rotaryHeads: architecture.interleavesRotary === true ? rotaryHeads(name, heads) : undefined,
      addsOne: architecture.hasNormsAroundZero === true && name.endsWith('_norm.weight'),
      rows: architecture.dropsUnusedRows === true && name === 'token_embd.weight' ? tokens.length : undefined,
    }),
  );
  return [...converted, ...(architecture.computed?.(config) ?? []).map(computedTensor)];
}

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
    if (name === undefined) throw badCheckpoint(`a ${kind} model has no tensor ${quoted(tensor.name)}`, kindHint);
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

function computedTensor({ name, values }: ComputedTensor): TensorToWrite {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeFloatLE(value, 4 * index));
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
