/** Which renderer a config's `gemma4` means: the small models' and the large ones' prompts differ. */
export interface RendererOwner {
  /** As a person sees it, then in full. */
  readonly names: readonly string[];
  /** Parameter count as text: `4.3B`; empty when unknown. */
  readonly modelType: string;
}

const unitFactors: Readonly<Record<string, number>> = { B: 1e9, M: 1e6, K: 1e3 };
const largeFrom = 12e9;

/** Any other name stands for itself. */
export function resolveRenderer(renderer: string, { names, modelType }: RendererOwner): string {
  if (renderer !== 'gemma4') return renderer;
  for (const name of names) {
    if (/e[24]b/i.test(name)) return 'gemma4-small';
    if (/12b|26b|31b/i.test(name)) return 'gemma4-large';
  }
  const count = Number(modelType.slice(0, -1)) * (unitFactors[modelType.slice(-1).toUpperCase()] ?? 0);
  return count >= largeFrom ? 'gemma4-large' : 'gemma4-small';
}
