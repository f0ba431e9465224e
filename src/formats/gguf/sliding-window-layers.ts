/** Which layers of a model attend to a sliding window only. Files seldom say it; llama.cpp knows it by architecture. */
import type { Gguf } from './gguf.ts';
import { arrayOf, countOf } from './gguf-values.ts';
import type { ModelFacts } from './model-facts.ts';

/** Of every so many layers one attends to the whole context: the last one, or the first where `fullFirst`. */
interface Pattern {
  readonly period: number;
  readonly fullFirst?: boolean;
}

const patterns: ReadonlyMap<string, Pattern> = new Map([
  ['afmoe', { period: 4 }],
  ['cohere2', { period: 4 }],
  ['cohere2moe', { period: 4, fullFirst: true }],
  ['exaone-moe', { period: 4 }],
  ['exaone4', { period: 4 }],
  ['gemma2', { period: 2 }],
  ['gemma3', { period: 6 }],
  ['gemma3n', { period: 5 }],
  ['gpt-oss', { period: 2 }],
  ['laguna', { period: 4, fullFirst: true }],
  ['mellum', { period: 4 }],
  ['olmo2', { period: 4 }],
  ['plamo3', { period: 8 }],
  ['smallthinker', { period: 4, fullFirst: true }],
]);

/** True for each layer with a window. All false where nothing is known, which never makes an estimate too small. */
export function slidingWindowLayers(gguf: Gguf, facts: ModelFacts): boolean[] {
  const key = `${facts.architecture}.attention.sliding_window_pattern`;
  const list = arrayOf(gguf, key)?.values;
  const pattern = patterns.get(facts.architecture);
  const period = countOf(gguf, key) ?? pattern?.period ?? 0;
  const full = pattern?.fullFirst ? 0 : period - 1;
  return Array.from({ length: facts.blockCount }, (_, layer) => {
    if (facts.slidingWindow === undefined) return false;
    if (list !== undefined) return Boolean(list[layer]);
    return period > 0 && layer % period !== full;
  });
}
