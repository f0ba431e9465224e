/** The parent's view of one loaded model. What implements it (a child process) is in runner-process.ts. */
import type { CorralError } from '../core/corral-error.ts';
import type {
  EmbedRequest,
  GenerateRequest,
  GenerationBegun,
  GenerationDone,
  LoadedFacts,
  TokenItem,
  TokenizeRequest,
} from './runner-protocol.ts';

type Body<Message> = Omit<Message, 'type' | 'id'>;

export type GenerationEvent =
  | {
      readonly type: 'text';
      readonly text: string;
      /** Tokens that made it; 1 where it is left out. */
      readonly tokens?: number;
      /** As in the runner's first item. */
      readonly cachedTokens?: number;
      readonly logprobs?: TokenItem['logprobs'];
    }
  | GenerationBegun
  | GenerationDone;

export interface Embeddings {
  /** Unit length, in the order of the inputs. */
  readonly vectors: readonly Float32Array[];
  readonly promptTokens: number;
}

/**
 * All calls reject with a CorralError. An aborted signal cancels the work in the runner within one step and rejects with
 * code `canceled`. After the child has ended every call rejects with `runner_crashed`.
 */
export interface Runner {
  readonly facts: LoadedFacts;
  /** Events as they come; the last one is `done`. Leaving the loop early cancels the request. */
  generate(request: Body<GenerateRequest>, signal: AbortSignal): AsyncIterable<GenerationEvent>;
  embed(request: Body<EmbedRequest>, signal: AbortSignal): Promise<Embeddings>;
  /** Token ids per text; empty lists when `countOnly`. */
  tokenize(
    request: Body<TokenizeRequest>,
    signal: AbortSignal,
  ): Promise<{ readonly tokens: readonly (readonly number[])[]; readonly counts: readonly number[] }>;
  detokenize(tokens: readonly number[], signal: AbortSignal): Promise<string>;
  /** Ends the child and resolves when the process is gone and its memory is back. Idempotent. */
  close(): Promise<void>;
  /** Resolves when the child has ended: undefined after `close`, otherwise what happened. Never rejects. */
  readonly ended: Promise<CorralError | undefined>;
}
