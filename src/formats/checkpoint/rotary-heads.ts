export interface HeadCounts {
  readonly queries: number;
  readonly keys: number;
}

/** How many heads a matrix has whose rows are rotated: that of the queries or that of the keys. `name`: in GGUF. */
export function rotaryHeads(name: string, heads: HeadCounts): number | undefined {
  if (name.includes('.attn_q.')) return heads.queries;
  return name.includes('.attn_k.') ? heads.keys : undefined;
}
