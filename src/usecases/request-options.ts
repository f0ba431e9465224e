/** The options of a request and of its model, sorted by who needs them: the scheduler, the sampler, or the generation as such. */
import { parseOptions } from '../api/ollama/options.ts';
import type { Logger } from '../core/logger.ts';
import type { SamplingOptions } from '../engine/runner-protocol.ts';
import type { LoadOptions } from '../scheduler/model-pool.ts';
import type { StoredModel } from '../store/stored-model.ts';

export interface RequestOptions {
  readonly load: LoadOptions;
  readonly sampling: SamplingOptions;
  readonly stop: readonly string[];
  /** Negative = as many as the engine's bound allows. */
  readonly numPredict: number;
  readonly numKeep: number;
  /** Tokens drafted at once; 0 = none. */
  readonly mostDrafted: number;
  readonly remembers: boolean;
  /** The same for a draft model. */
  readonly mostDraftedByModel: number;
}

/** As many as a step has room for; how many are worth their time is decided step by step (runner/plan-drafts.ts). */
const defaultDrafted = 62;
/** Ollama's: a draft model has to compute its guesses one after the other. */
const defaultDraftedByModel = 4;

// Ollama's own lower bound; an engine with less has no room for a token of prompt and one of answer.
const minContextTokens = 4;

/** Defaults, overridden by the model's parameters, overridden by the request's. Throws `invalid_option`. */
export function requestOptions(
  model: StoredModel,
  requested: Readonly<Record<string, unknown>>,
  logger: Logger,
): RequestOptions {
  const options = parseOptions([model.params, requested], (option) => {
    logger.warn('an option that does not exist is ignored', { option });
  });
  return {
    load: {
      contextTokens: options.num_ctx === undefined ? undefined : Math.max(minContextTokens, options.num_ctx),
      batchTokens: positive(options.num_batch),
      gpuLayers: options.num_gpu === undefined || options.num_gpu < 0 ? undefined : options.num_gpu,
      mainGpu: options.main_gpu,
      useMmap: options.use_mmap,
      threads: positive(options.num_thread),
    },
    sampling: {
      temperature: options.temperature,
      topK: options.top_k,
      topP: options.top_p,
      minP: options.min_p,
      typicalP: options.typical_p,
      repeatLastN: options.repeat_last_n,
      repeatPenalty: options.repeat_penalty,
      presencePenalty: options.presence_penalty,
      frequencyPenalty: options.frequency_penalty,
      seed: options.seed,
    },
    // An empty stop text would end every answer before its first token.
    stop: options.stop.filter((text) => text !== ''),
    numPredict: options.num_predict,
    numKeep: options.num_keep,
    mostDrafted: options.draft_num_predict ?? defaultDrafted,
    remembers: options.cache_prompt,
    mostDraftedByModel: options.draft_num_predict ?? defaultDraftedByModel,
  };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
