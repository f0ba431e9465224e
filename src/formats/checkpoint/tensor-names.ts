/** Names of tensors: `model.layers.7.self_attn.q_proj.weight` in a checkpoint is `blk.7.attn_q.weight` in GGUF. */

export interface TensorNames {
  /** What may stand before every name, with its dot; models that are saved without their head go without it. */
  readonly prefix: string;
  /** What stands before the number of a layer, with its dot: `layers.`. */
  readonly layers: string;
  /** Parts of a layer. */
  readonly inLayer: Readonly<Record<string, string>>;
  /** Everything else. A model lacks none of these. */
  readonly outside: Readonly<Record<string, string>>;
  /** What is outside, too, but need not be there. */
  readonly optional: Readonly<Record<string, string>>;
  /** What a model works without: buffers that were saved along, parts that training needs. */
  readonly leftOut: RegExp;
}

/** undefined = not of this architecture. */
export function tensorName(names: TensorNames, name: string): string | undefined {
  const own = name.startsWith(names.prefix) ? name.slice(names.prefix.length) : name;
  const [, part = '', suffix = ''] = /^(.*)\.(weight|bias)$/s.exec(own) ?? [];
  if (part.startsWith(names.layers)) {
    const [, layer = '', inside = ''] = /^(\d{1,5})\.(.*)$/s.exec(part.slice(names.layers.length)) ?? [];
    return Object.hasOwn(names.inLayer, inside) ? `blk.${Number(layer)}.${names.inLayer[inside]}.${suffix}` : undefined;
  }
  const outside = { ...names.outside, ...names.optional };
  return Object.hasOwn(outside, part) ? `${outside[part]}.${suffix}` : undefined;
}
