/**
 * Every message between the server (parent) and a runner (child), one discriminated union each way. They travel over
 * Node's IPC channel as JSON, so values are plain: no undefined, no typed arrays (vectors go as base64).
 *
 * Life of a runner: `load` -> (`progress`)* -> `loaded` | `load-failed`. After `loaded`, requests in any number at once;
 * each request `id` (chosen by the parent, never reused) ends with exactly one of `done`, `embedded`, `reranked`,
 * `tokenized`, `detokenized` or `failed`. The last message is `unload`. `cancel` may come at any time, also for an id that has ended; a cancelled request still
 * ends, with `failed` and code `canceled`.
 */
import type { FlashAttention, KvCacheType } from '../config/settings.ts';
import type { ErrorCode } from '../core/corral-error.ts';
import type { LogLevel } from '../core/logger.ts';

/** A draft model beside its model, which decides all other sizes. */
export interface DraftLoad extends Pick<LoadRequest, 'modelPath' | 'kvCells' | 'batchTokens' | 'outputs'> {}

/** What a runner is started with. Sizes are final: the parent has decided them. */
export interface LoadRequest {
  readonly type: 'load';
  /** Absolute path of the GGUF file, already checked by the parent. */
  readonly modelPath: string;
  /** A small model that guesses ahead; absent = none. */
  readonly draft?: DraftLoad;
  /** `embedding`: pooled vectors and no KV cache where the model needs none. */
  readonly mode: 'completion' | 'embedding';
  /** Most tokens one sequence may hold (num_ctx). */
  readonly contextTokens: number;
  /** Sequences that may run at once. */
  readonly sequences: number;
  /** KV cells that all sequences share. At least contextTokens. */
  readonly kvCells: number;
  /** Most prompt tokens that one step may compute (num_batch). */
  readonly batchTokens: number;
  /** Most logits that one step may ask for: at least one per sequence, more where drafts are checked. */
  readonly outputs: number;
  readonly threads: number;
  /** Numbers of threads that may be faster, `threads` first: measured when nobody asks, and told as `tuned`. Undefined = nothing is to be found out. */
  readonly threadChoices?: readonly number[];
  /** Prompt tokens per millisecond in an earlier life on this machine; undefined = not known. */
  readonly promptTokensPerMs?: number;
  /** Layers on the GPU, -1 = all that fit. */
  readonly gpuLayers: number;
  readonly mainGpu: number;
  readonly useMmap: boolean;
  /** Where split weights are kept and made (runner/split-weights.ts); absent = weights are computed as they are. */
  readonly splitFolder?: string;
  readonly flashAttention: FlashAttention;
  readonly kvCacheType: KvCacheType;
  /** Where prefixes outlive the runner; undefined = nowhere. */
  readonly prefixes?: PrefixStore;
  /** Whether as many tokens are drafted as a request allows, gain or loss. For measurements and tests; absent = as many as pay. */
  readonly draftsAlways?: boolean;
}

/** What suits a model on this machine. */
export interface Tuning {
  readonly threads: number;
  /** Speed of prompts with so many threads. */
  readonly promptTokensPerMs: number;
}

/** A private folder of prefix files (formats/prefix-file). */
export interface PrefixStore {
  readonly folder: string;
  /** Of all files of all models together. */
  readonly mostBytes: number;
  /** Digest of the weights. */
  readonly model: string;
  /** Whatever else of the load decides what cells hold. */
  readonly settings: readonly (string | number)[];
  /** Key of the files' encryption, in base64; undefined = they are not encrypted. */
  readonly key?: string;
}

/** Sampling and length options of one request, all defaults filled in (spec section 2.2). */
export interface SamplingOptions {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly typicalP: number;
  /** Tokens looked back on; 0 = off, -1 = the context size. */
  readonly repeatLastN: number;
  readonly repeatPenalty: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** -1 = random. */
  readonly seed: number;
}

export interface GenerateRequest {
  readonly type: 'generate';
  readonly id: number;
  /** On whose behalf: clients take turns. One text per client, without meaning; undefined = one client more. */
  readonly client?: string;
  /** Absolute paths of LoRA adapters over the weights, their headers already checked by the parent. Empty = the weights as they are. */
  readonly adapters: readonly string[];
  /** Text to continue. Special tokens in it are recognised; BOS is added where the model asks for it. */
  readonly prompt: string;
  /** Tokens placed before the prompt (the deprecated `context` of /api/generate). Empty = none. */
  readonly contextTokens: readonly number[];
  readonly sampling: SamplingOptions;
  readonly stop: readonly string[];
  /** Most tokens to generate; negative = 10 x the context size (Ollama's bound). 0 = none. */
  readonly numPredict: number;
  /** Prompt tokens kept when the context shifts. -1 = the whole prompt. */
  readonly numKeep: number;
  /** Whether a full context drops its middle and goes on, or ends with `length`. */
  readonly shift: boolean;
  /**
   * What to do with a prompt of more tokens than the context: `reject` fails with code `prompt_too_long` (its numbers in
   * `failed.tooLong`); `middle` keeps the first numKeep tokens and drops from the middle.
   */
  readonly overflow: 'reject' | 'middle';
  /** Most tokens that may be drafted from the text itself and checked in one step; 0 = none. The answer is the same. */
  readonly mostDrafted: number;
  /** The same for the draft model; absent = as many. */
  readonly mostDraftedByModel?: number;
  /** -1 = no log probabilities; n >= 0: with the n most likely alternatives. */
  readonly topLogprobs: number;
  /** GBNF grammar that the output must follow; empty = none. */
  readonly grammar: string;
  /** Where the grammar begins to hold; undefined = at the first token, and it ends with the answer. */
  readonly grammarStart?: GrammarStart;
  /**
   * Added to the logits of single tokens before sampling: [token, bias]. From 100 on a token is forced, from -100 down banned; a grammar
   * that leaves no other token is stronger. Empty = none. A token that the model doesn't have fails the request with `bad_request`.
   */
  readonly logitBias: readonly (readonly [token: number, bias: number])[];
  /** Whether what was computed for it may be kept for later requests, in memory or on disk. */
  readonly remembers: boolean;
  /** Whether `done` carries the tokens of prompt and output. */
  readonly returnTokens: boolean;
  /** Whether `begun` is wanted; undefined = no. */
  readonly tellsBegin?: boolean;
  /** Special tokens that stay visible as text in the output (tags that the parser of this model needs to see). */
  readonly visibleSpecialTokens: readonly string[];
}

/** Free text, until one of the texts appears: from its first character on the grammar holds. */
export interface GrammarStart {
  readonly triggers: readonly GrammarTrigger[];
  /** Whether the text is free again where the grammar ends, until the next trigger; otherwise the answer ends there. No text of the grammar may then begin another. */
  readonly repeats: boolean;
}

export interface GrammarTrigger {
  readonly text: string;
  /** `start`: counts only where the answer begins, or behind a text of the grammar, white space and semicolons left out. */
  readonly where: 'anywhere' | 'start';
}

export interface EmbedRequest {
  readonly type: 'embed';
  readonly id: number;
  /** Both as for a generation. */
  readonly client?: string;
  readonly adapters: readonly string[];
  readonly inputs: readonly string[];
  /** Whether an input over the limit is cut, or fails the request with `prompt_too_long`. */
  readonly truncate: boolean;
}

/** Judges each document with the query; only for models that pool a pair into a score. */
export interface RerankRequest {
  readonly type: 'rerank';
  readonly id: number;
  /** Both as for a generation. */
  readonly client?: string;
  readonly adapters: readonly string[];
  readonly query: string;
  /** One that is too long is cut at its end. */
  readonly documents: readonly string[];
  /** Text with `{query}` and `{document}` in it; empty = the model's own special tokens frame the two. */
  readonly template: string;
}

export interface TokenizeRequest {
  readonly type: 'tokenize';
  readonly id: number;
  readonly texts: readonly string[];
  readonly addSpecial: boolean;
  /** Whether the spelling of a special token is that token; undefined = yes. */
  readonly parseSpecial?: boolean;
  /** Whether the tokens themselves are wanted, or their counts alone. */
  readonly countOnly: boolean;
  /** Whether each token's bytes are wanted too. */
  readonly withPieces?: boolean;
}

export interface DetokenizeRequest {
  readonly type: 'detokenize';
  readonly id: number;
  readonly tokens: readonly number[];
}

export type ParentMessage =
  | LoadRequest
  | GenerateRequest
  | EmbedRequest
  | RerankRequest
  | TokenizeRequest
  | DetokenizeRequest
  | { readonly type: 'cancel'; readonly id: number }
  /** Save prefixes where there is a place for them, for so long at most, and end. */
  | { readonly type: 'unload'; readonly mostMs: number };

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  /** UTF-8 bytes of the token. */
  readonly bytes: readonly number[];
}

/** What one step generated for a request, one token or several. `text` may be empty when only logprobs are due. */
export interface TokenItem {
  readonly id: number;
  readonly text: string;
  readonly tokens: number;
  /** With the first item: the prompt tokens whose computation was saved. */
  readonly cachedTokens?: number;
  readonly logprobs?: readonly (TokenLogprob & { readonly top: readonly TokenLogprob[] })[];
}

export interface LoadedFacts {
  readonly contextTokens: number;
  readonly sequences: number;
  readonly kvCells: number;
  readonly embeddingLength: number;
  /** Bytes held: weights, KV cache and compute buffers, as the engine reports them. */
  readonly sizeBytes: number;
  /** The part of sizeBytes in GPU memory. */
  readonly vramBytes: number;
  /** Name of the engine build. */
  readonly engine: string;
  /** Whether slow weights are computed by faster kernels, split (docs/decisions/0016). */
  readonly splitWeights: boolean;
}

/** A request has its place and its prompt is about to be computed. Comes once, before any token, where it was asked for. */
export interface GenerationBegun {
  readonly type: 'begun';
  readonly id: number;
  /** As in `done`. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
}

/** Where guesses come from: what the text already says, or a draft model. */
export type DraftSource = 'text' | 'model';

/** Drafted tokens that were checked, and those of them that were right. */
export type DraftCounts = Readonly<Record<DraftSource, { readonly checked: number; readonly accepted: number }>>;

/** Counts and times (nanoseconds) of a finished generation. */
export interface GenerationDone {
  readonly type: 'done';
  readonly id: number;
  readonly reason: 'stop' | 'length';
  /** The stop string that ended it, where one did. */
  readonly stopSequence?: string;
  /** All prompt tokens, cached ones included. */
  readonly promptTokens: number;
  /** The prompt tokens whose computation was saved. */
  readonly cachedTokens: number;
  readonly promptNs: number;
  readonly generatedTokens: number;
  readonly generationNs: number;
  /** Absent where nothing was drafted. */
  readonly drafts?: DraftCounts;
  /** Prompt and output tokens when asked for, otherwise empty. */
  readonly tokens: readonly number[];
}

export interface RequestFailed {
  readonly type: 'failed';
  readonly id: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** The field of the client's request that is at fault. */
  readonly param?: string;
  /** With `prompt_too_long`: tokens of the prompt and the most that fit. */
  readonly tooLong?: { readonly tokens: number; readonly limit: number };
}

export type ChildMessage =
  /** The child is up and its native libraries were found; it waits for `load`. */
  | { readonly type: 'ready' }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string }
  | { readonly type: 'progress'; readonly fraction: number }
  | ({ readonly type: 'loaded' } & LoadedFacts)
  | { readonly type: 'load-failed'; readonly code: ErrorCode; readonly message: string; readonly hint: string }
  | ({ readonly type: 'tuned' } & Tuning)
  | GenerationBegun
  | { readonly type: 'tokens'; readonly items: readonly TokenItem[] }
  | GenerationDone
  /** Unit-length vectors, float32 little-endian in base64, in the order of the inputs. */
  | {
      readonly type: 'embedded';
      readonly id: number;
      readonly vectors: readonly string[];
      readonly promptTokens: number;
    }
  /** 0..1, in the order of the documents. */
  | {
      readonly type: 'reranked';
      readonly id: number;
      readonly scores: readonly number[];
      readonly promptTokens: number;
    }
  | {
      readonly type: 'tokenized';
      readonly id: number;
      readonly tokens: readonly (readonly number[])[];
      readonly counts: readonly number[];
      /** UTF-8 bytes in base64, per token of each text. */
      readonly pieces?: readonly (readonly string[])[];
    }
  | { readonly type: 'detokenized'; readonly id: number; readonly text: string }
  | RequestFailed;
