/**
 * A LoRA of safetensors as a GGUF adapter, from PEFT (adapter_model.safetensors) or MLX (adapters.safetensors, both matrices transposed).
 * What changes in the base's own conversion changes here too: in Llama the rows of queries and keys are put in another order, so the rows
 * of B are. (Ollama moves A, whose rows are the rank's, and the adapter then pulls elsewhere.)
 */
import { CorralError } from '../../core/corral-error.ts';
import { quoted } from '../gguf/bad-gguf.ts';
import { maxTensors } from '../gguf/gguf-limits.ts';
import { encodePairs, type MetadataValue } from '../gguf/encode-metadata.ts';
import type { GgufToWrite, TensorToWrite } from '../gguf/write-gguf.ts';
import { architectureNamed } from './architecture-of.ts';
import type { Architecture } from './architecture.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import type { Checkpoint, CheckpointTensor } from './checkpoint.ts';
import { Config } from './config.ts';
import { convertedTensor } from './converted-tensor.ts';
import { asObject, type JsonObject } from '../untrusted-json.ts';
import { readJsonObject } from './read-json-file.ts';
import { rotaryHeads, type HeadCounts } from './rotary-heads.ts';
import { tensorName } from './tensor-names.ts';
import { transposedTensor } from './transposed-tensor.ts';

/** The model under an adapter, as its GGUF header has it. */
export interface AdapterBase {
  readonly architecture: string;
  readonly heads: HeadCounts;
}

/** Throws `bad_checkpoint` or `not_supported`, and what the sources throw. */
export async function convertAdapter(checkpoint: Checkpoint, base: AdapterBase): Promise<GgufToWrite> {
  const values = await readJsonObject(checkpoint.files, 'adapter_config.json');
  if (values === undefined)
    throw badCheckpoint(
      'there is no adapter_config.json',
      'Name the folder that holds all files of the adapter, not one of its files.',
    );
  const architecture = architectureNamed(base.architecture);
  if (architecture === undefined || base.architecture === 'bert') {
    throw new CorralError('not_supported', 'unsupported architecture', {
      hint: `Adapters of ${base.architecture} models can't be imported; convert them with convert_lora_to_gguf.py of llama.cpp first.`,
    });
  }
  refuseOtherKinds(values);
  const tensors = checkpoint.tensors.map((tensor) => adapterTensor(tensor, architecture, base.heads));
  if (tensors.length > maxTensors) throw badCheckpoint(`${tensors.length} tensors are too many`);
  if (tensors.length === 0) throw badCheckpoint('the adapter has no weights');
  const entries: readonly (readonly [string, MetadataValue])[] = [
    ['adapter.lora.alpha', { type: 'float32', value: alphaOf(values) }],
    ['adapter.type', { type: 'string', value: 'lora' }],
    ['general.architecture', { type: 'string', value: base.architecture }],
    ['general.file_type', { type: 'uint32', value: 1 }],
    ['general.type', { type: 'string', value: 'adapter' }],
    ['general.version', { type: 'string', value: 'v0.2' }],
    [`${base.architecture}.attention.head_count`, { type: 'uint32', value: base.heads.queries }],
    [`${base.architecture}.attention.head_count_kv`, { type: 'uint32', value: base.heads.keys }],
  ];
  checkPairs(tensors);
  tensors.sort((one, other) => (one.name < other.name ? -1 : 1));
  return { pairs: encodePairs(entries), tensors, alignment: 32 };
}

const mergeHint = 'Merge the adapter into its base model (PEFT: merge_and_unload) and import the result.';

/** What the two matrices alone can't say would be lost in silence. */
function refuseOtherKinds(config: JsonObject): void {
  const isOfOtherKind: Readonly<Record<string, boolean>> = {
    use_dora: config['use_dora'] === true,
    alpha_pattern: Object.keys(asObject(config['alpha_pattern']) ?? {}).length > 0,
    rank_pattern: config['use_rslora'] === true && Object.keys(asObject(config['rank_pattern']) ?? {}).length > 0,
    // These begin with another base than the model's own weights.
    init_lora_weights: /^(?:pissa|olora|corda|loftq)/i.test(textIn(config, 'init_lora_weights')),
    peft_type: typeof config['peft_type'] === 'string' && config['peft_type'] !== 'LORA',
  };
  const other = Object.keys(isOfOtherKind).find((name) => isOfOtherKind[name]);
  if (other === undefined) return;
  throw new CorralError('not_supported', `adapter_config.json: ${quoted(other)} asks for more than a plain LoRA`, {
    hint: mergeHint,
  });
}

const textIn = (config: JsonObject, name: string): string => {
  const value = config[name];
  return typeof value === 'string' ? value : '';
};

/** The engine multiplies by alpha over the rank; rank-stabilised LoRA (arXiv 2312.03732) by alpha over its root, MLX by a scale. */
function alphaOf(values: JsonObject): number {
  const config = new Config(values, 'adapter_config.json');
  const nested = config.within('lora_parameters');
  const rank = config.count('r') ?? nested.count('rank');
  const scale = nested.number('scale');
  const ofMlx = scale === undefined ? nested.number('alpha') : scale * (nested.number('alpha') ?? rank ?? 0);
  const plain = config.number('lora_alpha') ?? ofMlx ?? 0;
  const alpha = values['use_rslora'] === true ? plain * Math.sqrt(rank ?? 0) : plain;
  if (alpha > 0) return alpha;
  throw badCheckpoint('adapter_config.json does not say how strong the adapter is', 'It needs "lora_alpha" and "r".');
}

/** Each matrix has its other half, of the same rank. */
function checkPairs(tensors: readonly TensorToWrite[]): void {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  if (byName.size < tensors.length) throw badCheckpoint('a tensor of the adapter is there twice');
  for (const { name, shape } of tensors) {
    const isFirst = name.endsWith('.lora_a');
    const other = byName.get(name.replace(/.$/, isFirst ? 'b' : 'a'));
    if (other === undefined || (isFirst && shape[1] !== other.shape[0])) {
      throw badCheckpoint(`the halves of ${quoted(name)} do not belong together`);
    }
  }
}

function adapterTensor(
  tensor: CheckpointTensor,
  { names, interleavesRotary }: Architecture,
  heads: HeadCounts,
): TensorToWrite {
  const found = /^(?:base_model\.model\.)?(.+)\.(?:lora_(A|B)(?:\.default)?\.weight|lora_(a|b))$/s.exec(tensor.name);
  const [, module = '', peft, mlx] = found ?? [];
  const name = tensorName(names, `${module}.weight`);
  if (name === undefined || tensor.shape.length !== 2) {
    throw badCheckpoint(`the tensor ${quoted(tensor.name)} is none of a plain LoRA`, mergeHint);
  }
  const side = (peft ?? mlx ?? '').toLowerCase();
  return convertedTensor(mlx === undefined ? tensor : transposedTensor(tensor), {
    name: `${name}.lora_${side}`,
    rotaryHeads: interleavesRotary === true && side === 'b' ? rotaryHeads(name, heads) : undefined,
  });
}
