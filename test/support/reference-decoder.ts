/**
 * What a decoder checkpoint computes, written down after the transformers library's modelling of Llama, Mistral, Qwen 2 and Qwen 3, in
 * double precision and without any regard to speed. It reads safetensors, so nothing of GGUF or of the engine is in it.
 */
import { memorySource } from './gguf-writer.ts';
import type { CheckpointFiles } from './tiny-checkpoint.ts';
import { readSafetensors } from '../../src/formats/safetensors/read-safetensors.ts';

type Vector = readonly number[];

interface Matrix {
  readonly columns: number;
  readonly values: Vector;
}

interface Numbers {
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim?: number;
  readonly rms_norm_eps: number;
  readonly rope_theta: number;
  readonly rope_scaling?: { readonly type?: string; readonly factor: number };
}

/** Log probabilities of every token behind `tokens`. */
export async function nextTokenChances(files: CheckpointFiles, tokens: readonly number[]): Promise<Vector> {
  const config = JSON.parse(Buffer.from(files.get('config.json') ?? []).toString()) as Numbers;
  const weights = await readWeights(files);
  const weight = (name: string): Matrix => {
    const found = weights.get(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const norm = (vector: Vector, name: string): Vector => {
    const { values } = weight(name);
    const mean = vector.reduce((sum, value) => sum + value * value, 0) / vector.length;
    return vector.map((value, index) => (value / Math.sqrt(mean + config.rms_norm_eps)) * at(values, index));
  };
  const linear = (vector: Vector, name: string): Vector => {
    const bias = weights.get(`${name}.bias`)?.values;
    return times(weight(`${name}.weight`), vector).map((value, row) => value + at(bias ?? [], row));
  };

  const length = config.head_dim ?? config.hidden_size / config.num_attention_heads;
  const group = config.num_attention_heads / config.num_key_value_heads;
  const embeddings = weight('model.embed_tokens.weight');
  let states = tokens.map((token) => rowOf(embeddings, token));
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const prefix = `model.layers.${layer}`;
    const rotated = (vector: Vector, position: number, part: string): Vector[] =>
      inHeads(vector, length).map((head) => {
        const name = `${prefix}.self_attn.${part}_norm.weight`;
        return turned(weights.has(name) ? norm(head, name) : head, position, config);
      });
    const normed = states.map((state) => norm(state, `${prefix}.input_layernorm.weight`));
    const queries = normed.map((state, at_) => rotated(linear(state, `${prefix}.self_attn.q_proj`), at_, 'q'));
    const keys = normed.map((state, at_) => rotated(linear(state, `${prefix}.self_attn.k_proj`), at_, 'k'));
    const values = normed.map((state) => inHeads(linear(state, `${prefix}.self_attn.v_proj`), length));
    states = states.map((state, position) => {
      const seen = (queries[position] ?? []).flatMap((query, head) => {
        const shared = Math.floor(head / group);
        const scores = keys.slice(0, position + 1).map((key) => dot(query, key[shared] ?? []) / Math.sqrt(length));
        const shares = softmax(scores);
        return Array.from({ length }, (_, index) =>
          shares.reduce((sum, share, other) => sum + share * at(values[other]?.[shared] ?? [], index), 0),
        );
      });
      const attended = sum(state, linear(seen, `${prefix}.self_attn.o_proj`));
      const inner = norm(attended, `${prefix}.post_attention_layernorm.weight`);
      const gate = linear(inner, `${prefix}.mlp.gate_proj`).map((value) => value / (1 + Math.exp(-value)));
      const up = linear(inner, `${prefix}.mlp.up_proj`);
      return sum(
        attended,
        linear(
          gate.map((value, index) => value * at(up, index)),
          `${prefix}.mlp.down_proj`,
        ),
      );
    });
  }
  const last = norm(states.at(-1) ?? [], 'model.norm.weight');
  return softmax(times(weights.get('lm_head.weight') ?? embeddings, last)).map(Math.log);
}

const at = (values: Vector, index: number): number => values[index] ?? 0;

const dot = (one: Vector, other: Vector): number =>
  one.reduce((total, value, index) => total + value * at(other, index), 0);

const sum = (one: Vector, other: Vector): Vector => one.map((value, index) => value + at(other, index));

const rowOf = ({ values, columns }: Matrix, row: number): Vector => values.slice(row * columns, (row + 1) * columns);

const times = (matrix: Matrix, vector: Vector): Vector =>
  Array.from({ length: matrix.values.length / matrix.columns }, (_, row) => dot(rowOf(matrix, row), vector));

const inHeads = (vector: Vector, length: number): Vector[] =>
  Array.from({ length: vector.length / length }, (_, head) => vector.slice(head * length, (head + 1) * length));

function softmax(scores: Vector): Vector {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / total);
}

/** The rotation of a head: its first half with its second. */
function turned(head: Vector, position: number, { rope_theta: base, rope_scaling: scaling }: Numbers): Vector {
  const half = head.length / 2;
  const place = scaling?.type === 'linear' ? position / scaling.factor : position;
  return head.map((value, index) => {
    const angle = place * base ** (-(2 * (index % half)) / head.length);
    const other = index < half ? -at(head, index + half) : at(head, index - half);
    return value * Math.cos(angle) + other * Math.sin(angle);
  });
}

async function readWeights(files: CheckpointFiles): Promise<ReadonlyMap<string, Matrix>> {
  const source = memorySource(files.get('model.safetensors') ?? new Uint8Array());
  const weights = new Map<string, Matrix>();
  for (const { name, type, shape, offsetBytes, sizeBytes } of await readSafetensors(source, 'model.safetensors')) {
    if (type !== 'F32') throw new Error(`${name} is ${type}`);
    const bytes = Uint8Array.from(await source.read(offsetBytes, sizeBytes));
    weights.set(name, { columns: shape.at(-1) ?? 1, values: [...new Float32Array(bytes.buffer)] });
  }
  return weights;
}
