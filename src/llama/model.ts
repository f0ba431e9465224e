/** A model and its context, loaded: the one native object that a runner works on. Once loaded it is never freed; the process ends instead. */
import koffi from 'koffi';
import type { FlashAttention, KvCacheType } from '../config/settings.ts';
import { CorralError } from '../core/corral-error.ts';
import type { LoadRequest } from '../engine/runner-protocol.ts';
import { adapterKey } from './adapter-key.ts';
import type { Bindings } from './bindings.ts';
import { GrammarConstraints } from './grammar-constraint.ts';
import { likeliestToken } from './likeliest-token.ts';
import type { Pointer } from './structs.ts';
import type { TokenBatch } from './token-batch.ts';
import { Vocabulary } from './vocabulary.ts';

/** Values of enum ggml_type. */
const cacheTypes: Readonly<Record<KvCacheType, number>> = { f16: 1, q8_0: 8, q4_0: 2 };
/** LLAMA_POOLING_TYPE_RANK. */
const rankPooling = 4;
/** Values of enum llama_flash_attn_type. */
const flashAttentionTypes: Readonly<Record<FlashAttention, number>> = { auto: -1, off: 0, on: 1 };
/** Values of enum llama_load_mode. */
const loadModes = { none: 0, mmap: 1 } as const;

/** Sequence ids, besides those that run, that the prefix cache works with (runner/cell-memory.ts). */
export const cacheSequences = 2;

const progressProto = koffi.proto('bool corral_load_progress(float progress, void *data)');

/** What a `llama_decode` came to: done; no KV cells free (nothing changed); or a failure. */
export type DecodeResult = 'done' | 'no-cells' | 'failed';

/** The logits of an output, and the same memory read as integers. */
interface OutputRow {
  readonly logits: Float32Array;
  readonly bits: Int32Array;
}

export class Model {
  readonly vocabulary: Vocabulary;
  readonly constraints: GrammarConstraints;
  readonly contextLength: number;
  readonly embeddingLength: number;
  /** Whether the engine pools a sequence into one vector. */
  readonly pools: boolean;
  /** What the model's pooled result is: the numbers of a classifier, where it judges pairs; 0 = it is a vector. */
  readonly classifierOutputs: number;
  /** Positions that layers with a sliding window look back on; 0 = it has no such layers. */
  readonly slidingWindowTokens: number;
  readonly context: Pointer;
  readonly #bindings: Bindings;
  /**
   * Views of the engine's output rows, by address; there are as many as outputs of a step. They are kept for good: when a view of
   * koffi 3.3.4 is collected, its finalizer throws inside the collector and the process aborts.
   */
  readonly #outputRows = new Map<Pointer, OutputRow>();
  readonly #memory: Pointer | null;
  readonly #native: Pointer;
  /** Adapters that were ever used, by path; they stay loaded, each a few percent of the weights at most. */
  readonly #adapters = new Map<string, Pointer>();
  /** What split weights lack, under every other adapter. */
  readonly #offsets: Pointer | undefined;
  #adaptersInUse = '';
  readonly #isRecurrent: boolean;

  private constructor(bindings: Bindings, model: Pointer, context: Pointer, offsets: Pointer | undefined) {
    this.#bindings = bindings;
    this.context = context;
    this.#native = model;
    this.vocabulary = new Vocabulary(bindings, model);
    this.constraints = new GrammarConstraints(this.vocabulary);
    this.contextLength = bindings.contextLength(context);
    this.embeddingLength = bindings.embeddingLength(model);
    const pooling = bindings.poolingType(context);
    this.pools = pooling > 0;
    this.classifierOutputs = pooling === rankPooling ? bindings.classifierOutputs(model) : 0;
    this.#memory = bindings.memory(context);
    this.#isRecurrent = isRecurrent(bindings, model);
    this.slidingWindowTokens = bindings.slidingWindow(model);
    this.#offsets = offsets;
    if (offsets !== undefined) this.#setAdapters([]);
  }

  /**
   * Loads the weights and creates the context. `onProgress` gets 0..1 and ends the load by returning false.
   * Throws `load_failed`.
   */
  static load(
    bindings: Bindings,
    request: LoadRequest & { readonly offsetsPath?: string },
    onProgress: (fraction: number) => boolean,
  ): Model {
    const callback = koffi.register(onProgress, koffi.pointer(progressProto));
    try {
      const modelParams = bindings.defaultModelParams();
      modelParams.n_gpu_layers = request.gpuLayers;
      modelParams.main_gpu = request.mainGpu;
      modelParams.load_mode = request.useMmap ? loadModes.mmap : loadModes.none;
      modelParams.progress_callback = callback;
      const model = bindings.loadModel(request.modelPath, modelParams);
      if (model === null) throw new CorralError('load_failed', 'the engine could not load the model');
      const { offsetsPath } = request;
      const offsets = offsetsPath === undefined ? undefined : bindings.loadAdapter(model, offsetsPath);
      const context = offsets === null ? null : bindings.newContext(model, contextParams(bindings, model, request));
      if (context !== null && offsets !== null) return new Model(bindings, model, context, offsets);
      bindings.freeModel(model);
      const what = offsets === null ? 'read the offsets of the weights' : 'create a context for the model';
      throw new CorralError('load_failed', `the engine could not ${what}`);
    } finally {
      koffi.unregister(callback);
    }
  }

  /** Reads adapters (paths) where that has not been done. Throws `load_failed`, also when one does not fit the model. */
  loadAdapters(paths: readonly string[]): void {
    for (const path of paths) this.#adapter(path);
  }

  /** From the next step on, computes with these adapters over the weights. Throws as `loadAdapters`. */
  useAdapters(paths: readonly string[]): void {
    const key = adapterKey(paths);
    if (key === this.#adaptersInUse) return;
    this.#setAdapters(paths);
    this.#adaptersInUse = key;
  }

  #setAdapters(paths: readonly string[]): void {
    const adapters = paths.map((path) => this.#adapter(path));
    const handles = BigUint64Array.from(this.#offsets === undefined ? adapters : [this.#offsets, ...adapters]);
    const scales = new Float32Array(handles.length).fill(1);
    if (this.#bindings.setAdapters(this.context, handles, handles.length, scales) !== 0) {
      throw new CorralError('load_failed', 'the adapter does not fit the model');
    }
  }

  #adapter(path: string): Pointer {
    const handle = this.#adapters.get(path) ?? this.#bindings.loadAdapter(this.#native, path);
    if (handle === null) {
      throw new CorralError('load_failed', 'the engine could not load the adapter', {
        hint: 'An adapter fits only the model that it was trained for.',
      });
    }
    this.#adapters.set(path, handle);
    return handle;
  }

  /** Computes a batch. Blocks the thread for as long as it takes. */
  decode(batch: TokenBatch): DecodeResult {
    const code = this.#bindings.decode(this.context, batch.native);
    return code === 0 ? 'done' : code === 1 ? 'no-cells' : 'failed';
  }

  /**
   * Drops positions [from, to) of a sequence (`to` -1 = to the end). False when this kind of memory cannot be cut there
   * (recurrent state): then nothing was dropped.
   */
  removeCells(sequence: number, from: number, to: number): boolean {
    return this.#memory === null || this.#bindings.memoryRemove(this.#memory, sequence, from, to);
  }

  /** Positions [from, to) of a sequence (`to` -1 = to the end) belong to `target` as well, without being copied. */
  shareCells(source: number, target: number, from: number, to: number): void {
    if (this.#memory !== null) this.#bindings.memoryCopy(this.#memory, source, target, from, to);
  }

  /** The first position that all layers still have of a sequence; -1 = none. Above 0 where the engine gave away what a sliding window had passed. */
  firstPosition(sequence: number): number {
    return this.#memory === null ? -1 : this.#bindings.memoryFirst(this.#memory, sequence);
  }

  /** Moves positions [from, end) of a sequence by `delta`. */
  shiftCells(sequence: number, from: number, delta: number): void {
    if (this.#memory !== null) this.#bindings.memoryShift(this.#memory, sequence, from, -1, delta);
  }

  /** Size of what `saveSequence` would copy. */
  stateBytes(sequence: number): number {
    return this.#bindings.stateSize(this.context, sequence);
  }

  /** A copy of everything the engine holds for a sequence. */
  saveSequence(sequence: number): Buffer {
    const buffer = Buffer.allocUnsafeSlow(this.stateBytes(sequence));
    const written = this.#bindings.stateSave(this.context, buffer, buffer.length, sequence);
    return buffer.subarray(0, written);
  }

  /** Puts a saved copy into an empty sequence; false when there are not enough free cells. */
  restoreSequence(sequence: number, state: Buffer): boolean {
    return this.#bindings.stateRestore(this.context, state, state.length, sequence) > 0;
  }

  /** Whether tokens can be taken back: recurrent state only goes forward. */
  get canTakeBack(): boolean {
    return this.#memory !== null && !this.#isRecurrent;
  }

  get canShift(): boolean {
    return this.#memory !== null && this.#bindings.memoryCanShift(this.#memory);
  }

  clearMemory(): void {
    if (this.#memory !== null) this.#bindings.memoryClear(this.#memory, false);
  }

  /** The pooled vector of a sequence in the last batch, or its classifier's numbers; a copy, undefined where the engine has none. */
  sequenceEmbedding(sequence: number): Float32Array | undefined {
    const pointer = this.#bindings.sequenceEmbedding(this.context, sequence);
    if (pointer === null) return undefined;
    const length = this.classifierOutputs || this.embeddingLength;
    return koffi.decode(pointer, koffi.array('float', length, 'Typed')) as Float32Array;
  }

  /** Logits of one output of the last batch: `vocabulary.size` floats in native memory, valid until the next decode. */
  logits(index: number): Float32Array {
    return this.#outputRow(index).logits;
  }

  /** The token with the highest of these logits, among the first `tokens`. */
  likeliest(index: number, tokens = this.vocabulary.size): number {
    const { bits } = this.#outputRow(index);
    return likeliestToken(tokens < bits.length ? bits.subarray(0, tokens) : bits);
  }

  #outputRow(index: number): OutputRow {
    const pointer = this.#bindings.logits(this.context, index);
    if (pointer === null) throw new CorralError('runner_failed', 'the engine has no logits for this token');
    let row = this.#outputRows.get(pointer);
    if (row === undefined) {
      const memory = koffi.view(pointer, this.vocabulary.size * 4);
      row = { logits: new Float32Array(memory), bits: new Int32Array(memory) };
      this.#outputRows.set(pointer, row);
    }
    return row;
  }
}

function isRecurrent(bindings: Bindings, model: Pointer): boolean {
  return bindings.isRecurrent(model) || bindings.isHybrid(model);
}

function contextParams(bindings: Bindings, model: Pointer, request: LoadRequest) {
  const params = bindings.defaultContextParams();
  params.n_ctx = request.kvCells;
  params.n_batch = request.batchTokens;
  // Embedding models attend in both directions, so an input must be computed in one piece: the micro-batch is the batch.
  params.n_ubatch = request.mode === 'embedding' ? request.batchTokens : Math.min(request.batchTokens, 512);
  // More than run: the prefix cache has some of its own (runner/cell-memory.ts). Recurrent state has no ranges, and takes memory for each.
  const isRanged = request.mode === 'completion' && !isRecurrent(bindings, model);
  params.n_seq_max = request.sequences + (isRanged ? cacheSequences : 0);
  // By default the engine reserves a row of logits per batch token. With fewer than one per sequence it ends the process.
  if (request.mode === 'completion') params.n_outputs_max = Math.max(request.outputs, params.n_seq_max);
  params.n_threads = request.threads;
  params.n_threads_batch = request.threads;
  params.flash_attn_type = flashAttentionTypes[request.flashAttention];
  params.type_k = cacheTypes[request.kvCacheType];
  params.type_v = cacheTypes[request.kvCacheType];
  params.embeddings = request.mode === 'embedding';
  params.kv_unified = true; // one pool of cells for all sequences, see serving-loop.ts
  params.no_perf = true;
  return params;
}
