/** What a completion request means. */
import type { CompletionRequest } from './completion-request.ts';
import { invalidField } from './invalid-field.ts';
import { samplingOptions } from './openai-fields.ts';
import { inputList } from './input-list.ts';

/** A data set is completed in batches of that many at most; a longer list of prompts is as well sent in parts. */
const mostAnswers = 2048;

export interface CompletionPlan {
  /** Texts, or tokens of the model. */
  readonly prompts: readonly (string | readonly number[])[];
  /** Answers made to each prompt. */
  readonly candidates: number;
  /** Answers told of each prompt: the best ones. */
  readonly choices: number;
}

/** Throws `bad_request`. */
export function planCompletion(request: CompletionRequest): CompletionPlan {
  const { n, best_of = n, stream, echo, logprobs } = request;
  const prompts = request.prompt === undefined ? undefined : inputList(request.prompt);
  if (prompts === undefined || prompts.length === 0) throw invalidField('prompt', 'a prompt is needed');
  if (best_of < n) throw invalidField('best_of', 'it is at least n');
  if (best_of > n && stream)
    throw invalidField('best_of', 'the best answer is known only at the end: it can not be streamed');
  if (echo && logprobs !== undefined) throw invalidField('echo', 'log probabilities of a prompt are not supported');
  if (prompts.length * best_of > mostAnswers)
    throw invalidField('prompt', `at most ${mostAnswers} answers to one request`);
  return { prompts, candidates: best_of, choices: n };
}

/** The order for one answer to `prompt`. */
export function toContinuation(request: CompletionRequest, prompt: string, candidate: number, ranks: boolean) {
  const { model, suffix, logprobs, logit_bias, max_tokens } = request;
  return {
    model,
    prompt,
    suffix,
    options: samplingOptions(request, max_tokens, candidate),
    logprobs: ranks || logprobs !== undefined,
    top_logprobs: logprobs ?? 0,
    logitBias: logit_bias,
    truncate: true,
    raw: false,
    system: '',
    template: '',
    context: [],
    images: [],
    _debug_render_only: false,
  };
}
