/**
 * Bytes of the compute buffer: the largest set of intermediate results that live at the same moment. Three moments can be the largest:
 * the feed-forward of a layer, its attention, and the logits at the end. The counts of vectors come from buffer sizes that the engine
 * reported for a dozen model shapes (see the test); each is the least whole number that is never below any of them.
 */
import { countOf } from '../formats/gguf/gguf-values.ts';
import type { ModelFacts } from '../formats/gguf/model-facts.ts';
import { slidingWindowLayers } from '../formats/gguf/sliding-window-layers.ts';
import { cacheCells, keepsCache } from './kv-cache-estimate.ts';
import { microBatchTokens, type MemoryQuery } from './memory-query.ts';

const floatBytes = 4;

/** Positions, indices and rotation matrices. */
const smallTensorsBytes = 1024 * 1024;

interface Widths {
  readonly embedding: number;
  /** All query heads together. */
  readonly query: number;
  /** All K or V heads together. */
  readonly keyValue: number;
  readonly feedForward: number;
  readonly expertsUsed: number;
}

export function computeBytes(query: MemoryQuery, facts: ModelFacts): number {
  const tokens = microBatchTokens(query);
  const widths = widthsOf(query, facts);
  const flash = usesFlashAttention(query, facts);
  const masks = maskBytes(query, facts, flash);
  const perToken = (numbers: number): number => numbers * tokens * floatBytes;

  const scores = flash ? 0 : Math.max(0, ...facts.headCounts) * scoreCells(query, facts);
  const attention = attentionNumbers(query, widths, facts) + scores;
  const layer = perToken(Math.max(feedForwardNumbers(query, widths, facts), attention));
  // Between the large scores some memory stays unused: a tenth more was enough.
  const inLayers = masks + (flash ? layer : layer * 1.1);
  return Math.ceil(Math.max(inLayers, outputBytes(query, facts, widths, masks)) + smallTensorsBytes);
}

/** What stays allocated between steps for the results: logits and embeddings of as many tokens as a step may ask for. */
export function resultBytes(query: MemoryQuery, facts: ModelFacts): number {
  return query.resultTokens * (facts.vocabularySize + (facts.embeddingLength ?? 0)) * floatBytes;
}

function widthsOf({ gguf }: MemoryQuery, facts: ModelFacts): Widths {
  const own = (name: string): number => countOf(gguf, `${facts.architecture}.${name}`) ?? 0;
  const expertsUsed = own('expert_used_count');
  const dense = Math.max(0, ...facts.feedForwardLengths);
  return {
    embedding: facts.embeddingLength ?? 0,
    query: Math.max(0, ...facts.headCounts) * facts.keyLength,
    keyValue: Math.max(0, ...facts.kvHeadCounts) * Math.max(facts.keyLength, facts.valueLength),
    feedForward: Math.max(dense, expertsUsed * (own('expert_feed_forward_length') || dense)),
    expertsUsed,
  };
}

function feedForwardNumbers({ gguf, kvCacheType }: MemoryQuery, widths: Widths, facts: ModelFacts): number {
  const { embedding, feedForward, expertsUsed } = widths;
  // With a gate: gate, up and their product. Without: one, changed in place.
  const gated = gguf.tensors.some(({ name, shape }) =>
    name.includes('.ffn_up.') ? (shape[1] ?? 0) > Math.max(...facts.feedForwardLengths) : name.includes('.ffn_gate'),
  );
  // A quantised cache is written rotated, which takes a vector more.
  const vectors = (kvCacheType === 'f16' ? 4 : 5) * Math.max(embedding, expertsUsed > 0 ? widths.query : 0);
  const dense = (gated ? 3 : 1) * feedForward + vectors;
  return Math.max(dense, 2 * feedForward + 2 * expertsUsed * embedding);
}

function attentionNumbers({ gguf }: MemoryQuery, widths: Widths, facts: ModelFacts): number {
  const { embedding, query, keyValue } = widths;
  const inner = countOf(gguf, `${facts.architecture}.ssm.inner_size`) ?? 0;
  // V is turned over by 64-bit indices, one for each number.
  return Math.max(2 * embedding + 3 * query + 4 * keyValue, facts.isRecurrent ? 2 * embedding + 8 * inner : 0);
}

function outputBytes(query: MemoryQuery, facts: ModelFacts, widths: Widths, masks: number): number {
  if (!keepsCache(facts)) return 0; // models for embeddings only have no vocabulary to choose from
  const tokens = microBatchTokens(query);
  const rows = Math.min(tokens, query.outputTokens);
  const vectors = 4 * Math.max(widths.embedding, widths.query) + widths.expertsUsed * widths.embedding;
  return (rows * facts.vocabularySize + tokens * vectors) * floatBytes + masks;
}

/** One row of cells for each token: 16-bit for flash attention, otherwise 32-bit; a second one for sliding windows. */
function maskBytes(query: MemoryQuery, facts: ModelFacts, flash: boolean): number {
  const tokens = microBatchTokens(query);
  const { full, window } = cacheCells(query, facts);
  const windows = slidingWindowLayers(query.gguf, facts).includes(true);
  const cells = keepsCache(facts) ? full + (windows ? window : 0) : tokens;
  return cells * tokens * (flash ? 2 : 4);
}

function scoreCells(query: MemoryQuery, facts: ModelFacts): number {
  return keepsCache(facts) ? cacheCells(query, facts).full : microBatchTokens(query);
}

/** `auto` comes to `on` everywhere but for Grok, whose attention the engine's fast path can't compute. */
function usesFlashAttention({ flashAttention }: MemoryQuery, { architecture }: ModelFacts): boolean {
  return flashAttention !== 'off' && architecture !== 'grok';
}
