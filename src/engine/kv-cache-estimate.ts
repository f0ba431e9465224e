/** Bytes of a context's memory: the K and V of every cell, and the fixed-size state of recurrent layers. */
import type { KvCacheType } from '../config/settings.ts';
import type { Gguf } from '../formats/gguf/gguf.ts';
import { countOf } from '../formats/gguf/gguf-values.ts';
import type { ModelFacts } from '../formats/gguf/model-facts.ts';
import { slidingWindowLayers } from '../formats/gguf/sliding-window-layers.ts';
import { microBatchTokens, type MemoryQuery } from './memory-query.ts';

/** Quantised rows are blocks of 32 numbers with one 16-bit scale. */
const bytesPerNumber: Readonly<Record<KvCacheType, number>> = { f16: 2, q8_0: 34 / 32, q4_0: 18 / 32 };

/** Models that compute a whole text at once and so keep nothing. */
const cacheless: ReadonlySet<string> = new Set([
  'bert',
  'dream',
  'eurobert',
  'gemma-embedding',
  'jina-bert-v2',
  'jina-bert-v3',
  'llada',
  'llada-moe',
  'modern-bert',
  'neo-bert',
  'nomic-bert',
  'nomic-bert-moe',
  'rnd1',
]);

/** Architectures whose layers are all recurrent: no attention anywhere. */
const attentionless = /^(mamba2?|rwkv|arwkv)/;

export function keepsCache(facts: ModelFacts): boolean {
  return !cacheless.has(facts.architecture);
}

/** Cells of the two kinds of cache, as llama.cpp rounds them. */
export function cacheCells(query: MemoryQuery, facts: ModelFacts): { readonly full: number; readonly window: number } {
  const full = roundedCells(query.kvCells);
  if (query.fullSlidingWindow || facts.slidingWindow === undefined) return { full, window: full };
  // The windows of all sequences, and the batch on its way in.
  const window = roundedCells(facts.slidingWindow * query.sequences + microBatchTokens(query));
  return { full, window: Math.min(full, window) };
}

export function kvCacheBytes(query: MemoryQuery, facts: ModelFacts): number {
  if (!keepsCache(facts)) return 0;
  const { gguf } = query;
  const cells = cacheCells(query, facts);
  const windows = slidingWindowLayers(gguf, facts);
  const own = (name: string): number | undefined => countOf(gguf, `${facts.architecture}.${name}`);
  // Gemma 3n and 4: the last layers read the caches of layers before them.
  const withCache = facts.blockCount - (own('attention.shared_kv_layers') ?? 0);
  const compressed = own('attention.key_length_mla') !== undefined; // DeepSeek: V is part of K
  const interval = own('full_attention_interval');
  let numbers = 0;
  for (const [layer, heads] of facts.kvHeadCounts.entries()) {
    if (layer >= withCache || attentionless.test(facts.architecture)) continue;
    if (interval !== undefined && (layer + 1) % interval !== 0) continue;
    const inWindow = windows[layer] === true;
    const keyLength = (inWindow ? own('attention.key_length_swa') : undefined) ?? facts.keyLength;
    const valueLength = (inWindow ? own('attention.value_length_swa') : undefined) ?? facts.valueLength;
    const perCell = heads * (keyLength + (compressed ? 0 : valueLength));
    numbers += perCell * (inWindow ? cells.window : cells.full);
  }
  return Math.ceil(numbers * bytesPerNumber[query.kvCacheType]) + recurrentBytes(gguf, facts, query.sequences);
}

/**
 * State of 32-bit floats per sequence and recurrent layer: the last inputs of the convolution and the state itself. Which layers are
 * recurrent differs by architecture; where a file doesn't say, all count: the state is small beside a KV cache.
 */
function recurrentBytes(gguf: Gguf, facts: ModelFacts, sequences: number): number {
  if (!facts.isRecurrent) return 0;
  const own = (name: string): number => countOf(gguf, `${facts.architecture}.${name}`) ?? 0;
  const layers = facts.kvHeadCounts.filter((heads) => heads === 0).length || facts.blockCount;
  return layers * stateNumbers(own, facts) * sequences * 4;
}

function stateNumbers(own: (name: string) => number, facts: ModelFacts): number {
  const embedding = facts.embeddingLength ?? 0;
  const heads = Math.max(0, ...facts.headCounts);
  // RWKV: two tokens are looked back on, and a square matrix for each head.
  if (own('wkv.head_size') > 0) return embedding * (2 + own('wkv.head_size'));
  // LFM2
  if (own('shortconv.l_cache') > 0) return embedding * (own('shortconv.l_cache') - 1);
  const taps = Math.max(0, own('ssm.conv_kernel') - 1);
  // Kimi Linear: convolutions of Q, K and V, and a square matrix for each head.
  if (own('kda.head_dim') > 0) return heads * own('kda.head_dim') * (3 * (taps || 3) + own('kda.head_dim'));
  // Mamba and what is built on it
  const inner = own('ssm.inner_size');
  const state = own('ssm.state_size');
  return taps * (inner + 2 * own('ssm.group_count') * state) + state * inner;
}

/** llama.cpp gives out cells in multiples of this. */
function roundedCells(cells: number): number {
  return Math.ceil(cells / 256) * 256;
}
