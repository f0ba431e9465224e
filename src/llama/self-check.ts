/**
 * Refuses a library whose structs differ from structs.ts. The library fills its default parameters in by C code that knows
 * the true layout; if koffi reads the known defaults back through ours, the layouts agree. A mismatch would otherwise show
 * as a crash or, worse, as a model loaded with other settings than asked for.
 */
import { CorralError } from '../core/corral-error.ts';
import type { Bindings } from './bindings.ts';
import { installHint } from './find-libraries.ts';

type Expected = Readonly<Record<string, number | boolean | null>>;

const modelDefaults: Expected = {
  devices: null,
  n_gpu_layers: -1,
  split_mode: 1,
  load_mode: -1,
  lazy_mode: 1,
  main_gpu: 0,
  kv_overrides: null,
  vocab_only: false,
  check_tensors: false,
  use_extra_bufts: true,
  no_host: false,
  no_alloc: false,
  load_mtp: false,
};

const contextDefaults: Expected = {
  n_ctx: 512,
  n_batch: 2048,
  n_ubatch: 512,
  n_seq_max: 1,
  n_rs_seq: 0,
  n_outputs_max: 0,
  n_outputs_max_per_seq: 1,
  ctx_type: 0,
  rope_scaling_type: -1,
  pooling_type: -1,
  attention_type: -1,
  flash_attn_type: -1,
  rope_freq_base: 0,
  yarn_ext_factor: -1,
  defrag_thold: -1,
  cb_eval: null,
  type_k: 1,
  type_v: 1,
  abort_callback: null,
  embeddings: false,
  offload_kqv: true,
  no_perf: true,
  op_offload: true,
  swa_full: true,
  kv_unified: false,
  samplers: null,
  n_samplers: 0,
  ctx_other: null,
};

const quantiseDefaults: Expected = {
  nthread: 0,
  ftype: 7,
  allow_requantize: false,
  quantize_output_tensor: true,
  only_copy: false,
  pure: false,
  keep_split: false,
  dry_run: false,
  tt_overrides: null,
  prune_layers: null,
};

/** Throws `native_library` naming the first field that differs. */
export function checkStructLayouts(bindings: Pick<Bindings, 'defaultModelParams' | 'defaultContextParams'>): void {
  compare('llama_model_params', bindings.defaultModelParams(), modelDefaults);
  compare('llama_context_params', bindings.defaultContextParams(), contextDefaults);
}

/** As `checkStructLayouts`, for the quantiser, which needs no other. */
export function checkQuantiseLayout({ defaultQuantiseParams }: Pick<Bindings, 'defaultQuantiseParams'>): void {
  compare('llama_model_quantize_params', defaultQuantiseParams(), quantiseDefaults);
}

function compare(struct: string, actual: object, expected: Expected): void {
  for (const [field, value] of Object.entries(expected)) {
    const found: unknown = Reflect.get(actual, field);
    if (found === value) continue;
    throw new CorralError('native_library', `the native library is of another release: ${struct}.${field} differs`, {
      hint: installHint(),
    });
  }
}
