/**
 * The C functions of libllama and ggml that Corral calls, typed. One place, so that a new release is compared against one
 * list. CHILD process only: loading these libraries into the server would put its life into native hands.
 */
import koffi, { type LibraryHandle } from 'koffi';
import { CorralError } from '../core/corral-error.ts';
import { installHint, type LibraryFiles } from './find-libraries.ts';
import './structs.ts';
import type { ContextParams, ModelParams, Pointer, QuantiseParams, ThreadpoolParams } from './structs.ts';

/** Values for one `llama_batch`; typed arrays are passed as pointers, so they must outlive the call. */
export interface NativeBatch {
  n_tokens: number;
  token: Int32Array;
  embd: null;
  pos: Int32Array;
  n_seq_id: Int32Array;
  seq_id: BigUint64Array;
  logits: Int8Array;
}

/** A function that koffi runs on a thread of its own: this one stays free for messages. */
export interface AsyncQuantise {
  async(
    source: string,
    target: string,
    params: QuantiseParams,
    done: (error: Error | null, code: number) => void,
  ): void;
}

type NullablePointer = Pointer | null;

export type Bindings = ReturnType<typeof loadBindings>;

/** Loads the three libraries and looks every function up. Throws `native_library`. */
export function loadBindings(files: LibraryFiles) {
  const base = open(files.base);
  const ggml = open(files.ggml);
  const llama = open(files.llama);
  // koffi's functions are untyped; each gets its type right here, where its C declaration stands beside it.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  const fn = <F>(library: LibraryHandle, definition: string): F => {
    try {
      return library.func(definition) as F;
    } catch (cause) {
      throw new CorralError('native_library', 'the native library lacks a function that Corral needs', {
        cause,
        hint: installHint(),
      });
    }
  };
  return {
    files,
    loadBackends: fn<(directory: string) => void>(ggml, 'void ggml_backend_load_all_from_path(const char *dir)'),
    registryByName: fn<(name: string) => NullablePointer>(ggml, 'void *ggml_backend_reg_by_name(const char *name)'),
    procAddress: fn<(registry: Pointer, name: string) => NullablePointer>(
      base,
      'void *ggml_backend_reg_get_proc_address(void *reg, const char *name)',
    ),
    defaultThreadpoolParams: fn<(threads: number) => ThreadpoolParams>(
      base,
      'ggml_threadpool_params ggml_threadpool_params_default(int n_threads)',
    ),
    version: fn<() => string>(llama, 'const char *llama_version()'),
    canOffload: fn<() => boolean>(llama, 'bool llama_supports_gpu_offload()'),
    setLog: fn<(callback: NullablePointer, data: null) => void>(
      llama,
      'void llama_log_set(void *callback, void *data)',
    ),
    backendInit: fn<() => void>(llama, 'void llama_backend_init()'),

    defaultModelParams: fn<() => ModelParams>(llama, 'llama_model_params llama_model_default_params()'),
    defaultContextParams: fn<() => ContextParams>(llama, 'llama_context_params llama_context_default_params()'),
    loadModel: fn<(path: string, params: ModelParams) => NullablePointer>(
      llama,
      'void *llama_model_load_from_file(const char *path, llama_model_params params)',
    ),
    freeModel: fn<(model: Pointer) => void>(llama, 'void llama_model_free(void *model)'),
    newContext: fn<(model: Pointer, params: ContextParams) => NullablePointer>(
      llama,
      'void *llama_init_from_model(void *model, llama_context_params params)',
    ),
    attachThreadpool: fn<(context: Pointer, pool: Pointer, batchPool: Pointer) => void>(
      llama,
      'void llama_attach_threadpool(void *ctx, void *threadpool, void *threadpool_batch)',
    ),
    detachThreadpool: fn<(context: Pointer) => void>(llama, 'void llama_detach_threadpool(void *ctx)'),
    setThreads: fn<(context: Pointer, threads: number, batchThreads: number) => void>(
      llama,
      'void llama_set_n_threads(void *ctx, int32_t n_threads, int32_t n_threads_batch)',
    ),
    loadAdapter: fn<(model: Pointer, path: string) => NullablePointer>(
      llama,
      'void *llama_adapter_lora_init(void *model, const char *path)',
    ),
    setAdapters: fn<(context: Pointer, adapters: BigUint64Array, count: number, scales: Float32Array) => number>(
      llama,
      'int32_t llama_set_adapters_lora(void *ctx, void *adapters, size_t n, void *scales)',
    ),

    defaultQuantiseParams: fn<() => QuantiseParams>(
      llama,
      'llama_model_quantize_params llama_model_quantize_default_params()',
    ),
    quantise: fn<AsyncQuantise>(
      llama,
      'uint32_t llama_model_quantize(const char *source, const char *target, llama_model_quantize_params *params)',
    ),

    contextLength: fn<(context: Pointer) => number>(llama, 'uint32_t llama_n_ctx(void *ctx)'),
    embeddingLength: fn<(model: Pointer) => number>(llama, 'int32_t llama_model_n_embd_out(void *model)'),
    classifierOutputs: fn<(model: Pointer) => number>(llama, 'uint32_t llama_model_n_cls_out(void *model)'),
    isRecurrent: fn<(model: Pointer) => boolean>(llama, 'bool llama_model_is_recurrent(void *model)'),
    isHybrid: fn<(model: Pointer) => boolean>(llama, 'bool llama_model_is_hybrid(void *model)'),
    slidingWindow: fn<(model: Pointer) => number>(llama, 'int32_t llama_model_n_swa(void *model)'),
    poolingType: fn<(context: Pointer) => number>(llama, 'int llama_pooling_type(void *ctx)'),

    vocabulary: fn<(model: Pointer) => Pointer>(llama, 'void *llama_model_get_vocab(void *model)'),
    vocabularyType: fn<(vocabulary: Pointer) => number>(llama, 'int llama_vocab_type(void *vocab)'),
    vocabularySize: fn<(vocabulary: Pointer) => number>(llama, 'int32_t llama_vocab_n_tokens(void *vocab)'),
    isEndOfGeneration: fn<(vocabulary: Pointer, token: number) => boolean>(
      llama,
      'bool llama_vocab_is_eog(void *vocab, int32_t token)',
    ),
    addsBos: fn<(vocabulary: Pointer) => boolean>(llama, 'bool llama_vocab_get_add_bos(void *vocab)'),
    addsEos: fn<(vocabulary: Pointer) => boolean>(llama, 'bool llama_vocab_get_add_eos(void *vocab)'),
    addsSep: fn<(vocabulary: Pointer) => boolean>(llama, 'bool llama_vocab_get_add_sep(void *vocab)'),
    bosToken: fn<(vocabulary: Pointer) => number>(llama, 'int32_t llama_vocab_bos(void *vocab)'),
    eosToken: fn<(vocabulary: Pointer) => number>(llama, 'int32_t llama_vocab_eos(void *vocab)'),
    sepToken: fn<(vocabulary: Pointer) => number>(llama, 'int32_t llama_vocab_sep(void *vocab)'),
    tokenize: fn<
      (
        vocabulary: Pointer,
        text: Uint8Array,
        textBytes: number,
        tokens: Int32Array,
        capacity: number,
        addSpecial: boolean,
        parseSpecial: boolean,
      ) => number
    >(
      llama,
      'int32_t llama_tokenize(void *vocab, void *text, int32_t len, void *tokens, int32_t max, bool add_special, bool parse_special)',
    ),
    tokenToPiece: fn<
      (
        vocabulary: Pointer,
        token: number,
        buffer: Uint8Array,
        length: number,
        strip: number,
        special: boolean,
      ) => number
    >(
      llama,
      'int32_t llama_token_to_piece(void *vocab, int32_t token, void *buf, int32_t length, int32_t lstrip, bool special)',
    ),

    decode: fn<(context: Pointer, batch: NativeBatch) => number>(
      llama,
      'int32_t llama_decode(void *ctx, llama_batch batch)',
    ),
    logits: fn<(context: Pointer, index: number) => NullablePointer>(
      llama,
      'void *llama_get_logits_ith(void *ctx, int32_t i)',
    ),
    sequenceEmbedding: fn<(context: Pointer, sequence: number) => NullablePointer>(
      llama,
      'void *llama_get_embeddings_seq(void *ctx, int32_t seq_id)',
    ),

    memory: fn<(context: Pointer) => NullablePointer>(llama, 'void *llama_get_memory(void *ctx)'),
    memoryClear: fn<(memory: Pointer, data: boolean) => void>(llama, 'void llama_memory_clear(void *mem, bool data)'),
    memoryRemove: fn<(memory: Pointer, sequence: number, from: number, to: number) => boolean>(
      llama,
      'bool llama_memory_seq_rm(void *mem, int32_t seq_id, int32_t p0, int32_t p1)',
    ),
    memoryCopy: fn<(memory: Pointer, source: number, target: number, from: number, to: number) => void>(
      llama,
      'void llama_memory_seq_cp(void *mem, int32_t seq_id_src, int32_t seq_id_dst, int32_t p0, int32_t p1)',
    ),
    memoryFirst: fn<(memory: Pointer, sequence: number) => number>(
      llama,
      'int32_t llama_memory_seq_pos_min(void *mem, int32_t seq_id)',
    ),
    memoryShift: fn<(memory: Pointer, sequence: number, from: number, to: number, delta: number) => void>(
      llama,
      'void llama_memory_seq_add(void *mem, int32_t seq_id, int32_t p0, int32_t p1, int32_t delta)',
    ),
    memoryCanShift: fn<(memory: Pointer) => boolean>(llama, 'bool llama_memory_can_shift(void *mem)'),

    stateSize: fn<(context: Pointer, sequence: number) => number>(
      llama,
      'size_t llama_state_seq_get_size(void *ctx, int32_t seq_id)',
    ),
    stateSave: fn<(context: Pointer, buffer: Uint8Array, size: number, sequence: number) => number>(
      llama,
      'size_t llama_state_seq_get_data(void *ctx, void *dst, size_t size, int32_t seq_id)',
    ),
    stateRestore: fn<(context: Pointer, buffer: Uint8Array, size: number, sequence: number) => number>(
      llama,
      'size_t llama_state_seq_set_data(void *ctx, void *src, size_t size, int32_t seq_id)',
    ),

    samplerChain: fn<(params: { no_perf: boolean }) => Pointer>(
      llama,
      'void *llama_sampler_chain_init(llama_sampler_chain_params params)',
    ),
    samplerAdd: fn<(chain: Pointer, sampler: Pointer) => void>(
      llama,
      'void llama_sampler_chain_add(void *chain, void *sampler)',
    ),
    samplerSample: fn<(sampler: Pointer, context: Pointer, index: number) => number>(
      llama,
      'int32_t llama_sampler_sample(void *sampler, void *ctx, int32_t idx)',
    ),
    samplerApply: fn<(sampler: Pointer, candidates: Uint8Array) => void>(
      llama,
      'void llama_sampler_apply(void *sampler, void *cur_p)',
    ),
    samplerAccept: fn<(sampler: Pointer, token: number) => void>(
      llama,
      'void llama_sampler_accept(void *sampler, int32_t token)',
    ),
    samplerFree: fn<(sampler: Pointer) => void>(llama, 'void llama_sampler_free(void *sampler)'),
    greedySampler: fn<() => Pointer>(llama, 'void *llama_sampler_init_greedy()'),
    distSampler: fn<(seed: number) => Pointer>(llama, 'void *llama_sampler_init_dist(uint32_t seed)'),
    topKSampler: fn<(k: number) => Pointer>(llama, 'void *llama_sampler_init_top_k(int32_t k)'),
    topPSampler: fn<(p: number, keep: number) => Pointer>(
      llama,
      'void *llama_sampler_init_top_p(float p, size_t keep)',
    ),
    minPSampler: fn<(p: number, keep: number) => Pointer>(
      llama,
      'void *llama_sampler_init_min_p(float p, size_t keep)',
    ),
    typicalSampler: fn<(p: number, keep: number) => Pointer>(
      llama,
      'void *llama_sampler_init_typical(float p, size_t keep)',
    ),
    temperatureSampler: fn<(t: number) => Pointer>(llama, 'void *llama_sampler_init_temp(float t)'),
    /** `biases`: entries of {int32 token, float bias}, which are copied. */
    logitBiasSampler: fn<(vocabularySize: number, count: number, biases: Uint8Array) => Pointer>(
      llama,
      'void *llama_sampler_init_logit_bias(int32_t n_vocab, int32_t n_logit_bias, const void *logit_bias)',
    ),
    penaltiesSampler: fn<
      (vocabularySize: number, lastN: number, repeat: number, frequency: number, presence: number) => Pointer
    >(
      llama,
      'void *llama_sampler_init_penalties(int32_t n_vocab, int32_t last_n, float repeat, float freq, float present)',
    ),
  };
}

function open(file: string): LibraryHandle {
  try {
    return koffi.load(file, { global: true });
  } catch (cause) {
    throw new CorralError('native_library', 'the native library could not be loaded on this machine', {
      cause,
      hint: `It may be built for another system or processor. ${installHint()}`,
    });
  }
}
