/**
 * The `options` of a request and the `parameters` of a model: one table with every option, its type and its default. What is set twice
 * is decided by the caller's order; what isn't in the table is ignored and reported.
 */
import { CorralError } from '../../core/corral-error.ts';

export interface ModelOptions {
  /** Tokens; undefined = automatic. */
  readonly num_ctx: number | undefined;
  readonly num_batch: number | undefined;
  /** Layers on the GPU; undefined = automatic. */
  readonly num_gpu: number | undefined;
  readonly main_gpu: number | undefined;
  readonly use_mmap: boolean | undefined;
  readonly num_thread: number | undefined;
  readonly draft_num_predict: number | undefined;
  /** Whether what is computed may be kept for later requests. */
  readonly cache_prompt: boolean;
  readonly num_keep: number;
  readonly seed: number;
  readonly num_predict: number;
  readonly top_k: number;
  readonly top_p: number;
  readonly min_p: number;
  readonly typical_p: number;
  readonly repeat_last_n: number;
  readonly temperature: number;
  readonly repeat_penalty: number;
  readonly presence_penalty: number;
  readonly frequency_penalty: number;
  readonly stop: readonly string[];
}

export const defaultOptions: ModelOptions = {
  num_ctx: undefined,
  num_batch: undefined,
  num_gpu: undefined,
  main_gpu: undefined,
  use_mmap: undefined,
  num_thread: undefined,
  draft_num_predict: undefined,
  cache_prompt: true,
  num_keep: 4,
  seed: -1,
  num_predict: -1,
  top_k: 40,
  top_p: 0.9,
  min_p: 0,
  typical_p: 1,
  repeat_last_n: 64,
  temperature: 0.8,
  repeat_penalty: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  stop: [],
};

export type OptionKind = 'integer' | 'float32' | 'boolean' | 'array';

const kinds: Readonly<Record<keyof ModelOptions, OptionKind>> = {
  num_ctx: 'integer',
  num_batch: 'integer',
  num_gpu: 'integer',
  main_gpu: 'integer',
  use_mmap: 'boolean',
  num_thread: 'integer',
  draft_num_predict: 'integer',
  cache_prompt: 'boolean',
  num_keep: 'integer',
  seed: 'integer',
  num_predict: 'integer',
  top_k: 'integer',
  top_p: 'float32',
  min_p: 'float32',
  typical_p: 'float32',
  repeat_last_n: 'integer',
  temperature: 'float32',
  repeat_penalty: 'float32',
  presence_penalty: 'float32',
  frequency_penalty: 'float32',
  stop: 'array',
};

const kindOf: ReadonlyMap<string, OptionKind> = new Map(Object.entries(kinds));

/** What values the option of that name takes; undefined when there is none. */
export function optionKind(name: string): OptionKind | undefined {
  return kindOf.get(name);
}

// The engine counts in 32 bits; the seed alone may use them all.
const int32Limit = 2 ** 31;

/**
 * Options from several sources, a later one winning key by key over an earlier one and all over the defaults. Throws
 * `invalid_option`. `onUnknown` hears of every name that isn't an option.
 */
export function parseOptions(
  sources: readonly Readonly<Record<string, unknown>>[],
  onUnknown: (name: string) => void,
): ModelOptions {
  const options: Record<string, unknown> = { ...defaultOptions };
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) {
      const kind = kindOf.get(name);
      if (kind === undefined) onUnknown(name);
      else if (value !== null) options[name] = parseOption(name, kind, value);
    }
  }
  return options as unknown as ModelOptions;
}

function parseOption(name: string, kind: OptionKind, value: unknown): unknown {
  switch (kind) {
    case 'boolean':
      if (typeof value === 'boolean') return value;
      break;
    case 'float32':
      // A number too large for a double has become Infinity while it was read.
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      break;
    case 'integer':
      if (typeof value === 'number' && Number.isFinite(value)) return asInteger(name, value);
      break;
    case 'array':
      if (!Array.isArray(value)) break;
      if (value.every((item) => typeof item === 'string')) return value;
      throw wrongType(name, 'an array of strings');
  }
  throw wrongType(name, kind);
}

function asInteger(name: string, value: number): number {
  const whole = Math.trunc(value);
  if (name === 'seed') return whole === -1 ? -1 : ((whole % 2 ** 32) + 2 ** 32) % 2 ** 32;
  return Math.max(-int32Limit, Math.min(whole, int32Limit - 1));
}

function wrongType(name: string, expected: string): CorralError {
  return new CorralError('invalid_option', `option ${JSON.stringify(name)} must be of type ${expected}`, {
    hint: 'The types of all options are in the API documentation.',
  });
}
