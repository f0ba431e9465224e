/** Names of tensors: `model.layers.7.self_attn.q_proj.weight` in a checkpoint is `blk.7.attn_q.weight` in GGUF. */

export interface TensorNames {
  /** What stands before the number of a layer, with its dot: `model.layers.`. */
  readonly layers: string;
  /** Parts of a layer. */
  readonly inLayer: Readonly<Record<string, string>>;
  /** Everything else. */
  readonly outside: Readonly<Record<string, string>>;
  /** What a model works without: buffers that were saved along, parts that training needs. */
  readonly leftOut: RegExp;
}

/** undefined = not of this architecture. */
export function tensorName(names: TensorNames, name: string): string | undefined {
  const [, part = '', suffix = ''] = /^(.*)\.(weight|bias)$/s.exec(name) ?? [];
  if (part.startsWith(names.layers)) {
    const [, layer = '', inside = ''] = /^(\d{1,5})\.(.*)$/s.exec(part.slice(names.layers.length)) ?? [];
    return Object.hasOwn(names.inLayer, inside) ? `blk.${Number(layer)}.${names.inLayer[inside]}.${suffix}` : undefined;
  }
  return Object.hasOwn(names.outside, part) ? `${names.outside[part]}.${suffix}` : undefined;
}
