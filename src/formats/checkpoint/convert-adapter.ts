/**
 * A LoRA of safetensors as a GGUF adapter, from PEFT (adapter_model.safetensors) or MLX (adapters.safetensors, both matrices transposed).
 * What changes in the base's own conversion changes here too: in Llama the rows of queries and keys are put in another order, so the rows
 * of B are. (Ollama moves A, whose rows are the rank's, and the adapter then pulls elsewhere.)
 */
import { CorralError } from '../../core/corral-error.ts';
import { quoted } from '../gguf/bad-gguf.ts';
import { encodePairs, type MetadataValue } from '../gguf/encode-metadata.ts';
import type { GgufToWrite, TensorToWrite } from '../gguf/write-gguf.ts';
import { architectureNamed } from './architecture-of.ts';
import type { Architecture } from './architecture.ts';
import { badCheckpoint } from './bad-checkpoint.ts';
import type { Checkpoint, CheckpointTensor } from './checkpoint.ts';
import { Config } from './config.ts';
import { convertedTensor } from './converted-tensor.ts';
import { asObject, readJsonObject, type JsonObject } from './read-json-file.ts';
import { rotaryHeads, type HeadCounts } from './rotary-heads.ts';
import { tensorName } from './tensor-names.ts';

/** The model under an adapter, as its GGUF header has it. */
export interface AdapterBase {
  readonly architecture: string;
  readonly heads: HeadCounts;
}

/** Throws `bad_checkpoint` or `not_supported`, and what the sources throw. */
export async function convertAdapter(checkpoint: Checkpoint, base: AdapterBase): Promise<GgufToWrite> {
  const values = await readJsonObject(checkpoint.files, 'adapter_config.json');
  if (values === undefined)
    throw badCheckpoint('there is no adapter_config.json', 'An adapter of safetensors files needs it.');
  const architecture = architectureNamed(base.architecture);
  if (architecture === undefined || base.architecture === 'bert') {
    throw new CorralError('not_supported', 'unsupported architecture', {
      hint: `Adapters of ${base.architecture} models can't be imported; convert them with convert_lora_to_gguf.py of llama.cpp first.`,
    });
  }
  refuseOtherKinds(values);
  const tensors = checkpoint.tensors.map((tensor) => adapterTensor(tensor, architecture, base.heads));
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
  tensors.sort((one, other) => (one.name < other.name ? -1 : 1));
  return { pairs: encodePairs(entries), tensors, alignment: 32 };
}

/** What the two matrices alone can't say would be lost in silence. */
function refuseOtherKinds(config: JsonObject): void {
  const isOfOtherKind: Readonly<Record<string, boolean>> = {
    use_dora: config['use_dora'] === true,
    alpha_pattern: Object.keys(asObject(config['alpha_pattern']) ?? {}).length > 0,
    peft_type: typeof config['peft_type'] === 'string' && config['peft_type'] !== 'LORA',
  };
  const other = Object.keys(isOfOtherKind).find((name) => isOfOtherKind[name]);
  if (other === undefined) return;
  throw new CorralError('not_supported', `adapter_config.json: ${quoted(other)} asks for more than a plain LoRA`, {
    hint: 'Merge the adapter into its base model (PEFT: merge_and_unload) and import the result.',
  });
}

/** The engine multiplies by alpha over the rank; rank-stabilised LoRA (arXiv 2312.03732) by alpha over its root, MLX by a scale. */
function alphaOf(values: JsonObject): number {
  const config = new Config(values);
  const nested = config.within('lora_parameters');
  const rank = config.number('r') ?? nested.number('rank') ?? 0;
  const scale = nested.number('scale');
  const alpha = config.number('lora_alpha') ?? nested.number('alpha') ?? (scale === undefined ? 0 : scale * rank);
  return values['use_rslora'] === true ? alpha * Math.sqrt(rank) : alpha;
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
    throw badCheckpoint(
      `the tensor ${quoted(tensor.name)} is none of a plain LoRA`,
      'Merge the adapter into its base model (PEFT: merge_and_unload) and import the result.',
    );
  }
  const side = (peft ?? mlx ?? '').toLowerCase();
  return convertedTensor(mlx === undefined ? tensor : transposed(tensor), {
    name: `${name}.lora_${side}`,
    rotaryHeads: interleavesRotary === true && side === 'b' ? rotaryHeads(name, heads) : undefined,
  });
}

/** Bytes. B of a rank of 256 for a vocabulary of 262,144 has 128 MiB. */
const maxTransposedBytes = 256 * 1024 * 1024;

/** Reads the matrix as a whole when it is first asked for. */
function transposed(tensor: CheckpointTensor): CheckpointTensor {
  const { source, offsetBytes, sizeBytes, shape } = tensor;
  const [rows = 0, columns = 0] = shape;
  if (sizeBytes > maxTransposedBytes) throw badCheckpoint(`the tensor ${quoted(tensor.name)} is too large for a LoRA`);
  const numberBytes = rows * columns === 0 ? 1 : sizeBytes / (rows * columns);
  const turned = async () => {
    const bytes = await source.read(offsetBytes, sizeBytes);
    const result = new Uint8Array(sizeBytes);
    for (let at = 0; at < bytes.length; at += numberBytes) {
      const index = at / numberBytes;
      const target = (index % columns) * rows + Math.floor(index / columns);
      result.set(bytes.subarray(at, at + numberBytes), target * numberBytes);
    }
    return result;
  };
  let whole: Promise<Uint8Array> | undefined;
  return {
    ...tensor,
    shape: [columns, rows],
    offsetBytes: 0,
    source: {
      sizeBytes,
      async read(offset, length) {
        whole ??= turned();
        return (await whole).subarray(offset, offset + length);
      },
    },
  };
}
