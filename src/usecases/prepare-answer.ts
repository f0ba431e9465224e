/** The checks that generate and chat have in common, in Ollama's order: thinking, capabilities, options, format. */
import { CorralError } from '../core/corral-error.ts';
import { grammarForFormat } from '../formats/json-schema-grammar/grammar-for-format.ts';
import type { ThinkValue } from '../prompt/chat-message.ts';
import type { Capability, PromptFormat } from '../prompt/prompt-format.ts';
import { effectiveThink, parseThinkValue } from '../prompt/think-value.ts';
import type { StoredModel } from '../store/stored-model.ts';
import { checkCapabilities } from './check-capabilities.ts';
import { describeModel } from './describe-model.ts';
import type { Generation, OverflowPolicy } from './fit-prompt.ts';
import { requestOptions, type RequestOptions } from './request-options.ts';
import type { UseCaseParts } from './use-case-parts.ts';

/** The fields of a generate or chat request that this needs. */
export interface AnswerRequest {
  readonly model: string;
  readonly format?: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly think?: unknown;
  /** A model that can't think answers without, where it is otherwise refused; undefined = false. */
  readonly thinksIfAble?: boolean;
  /** Most tokens of thinking; then it is closed and the answer follows. Only where the format knows how (`begun`). undefined = no bound. */
  readonly thinkingBudget?: number | undefined;
  /** Whether `begun` is wanted; undefined = false. */
  readonly tellsBegin?: boolean;
  readonly truncate: boolean;
  readonly shift?: boolean | undefined;
  readonly logprobs: boolean;
  readonly top_logprobs: number;
  /** [token, bias]; tokens are those of the model. */
  readonly logitBias?: readonly (readonly [token: number, bias: number])[];
}

export interface PreparedAnswer {
  readonly options: RequestOptions;
  /** The model's default put in. */
  readonly think: ThinkValue;
  readonly thinks: boolean;
  readonly thinkingBudget: number | undefined;
  readonly addsBos: boolean;
  readonly bosTokenId: number | undefined;
  /** Throws `template_failed` when the model's template is broken. */
  readonly format: () => PromptFormat;
  readonly policy: OverflowPolicy;
  /** Everything of the generation but what the prompt decides. */
  readonly generation: Generation;
}

/** Comes before the model is looked up. Throws `bad_request`. */
export function checkTopLogprobs(topLogprobs: number): void {
  if (topLogprobs >= 0 && topLogprobs <= 20) return;
  throw new CorralError('bad_request', 'top_logprobs must be between 0 and 20');
}

/** Throws `bad_request`, `not_supported`, `invalid_option`, `invalid_format`, or what reading the header throws. */
export async function prepareAnswer(
  parts: UseCaseParts,
  model: StoredModel,
  request: AnswerRequest,
  needed: { readonly verb: 'generate' | 'chat'; readonly extra: readonly Capability[] },
): Promise<PreparedAnswer> {
  const sentThink = parseThinkValue(request.think);
  const { facts, bosTokenId, format, capabilities } = await describeModel(parts, model);
  const isBeyondIt = request.thinksIfAble === true && !capabilities.includes('thinking');
  const requestedThink = isBeyondIt ? undefined : sentThink;
  await parts.store.checkAdapters(model);
  checkCapabilities(model, capabilities, { ...needed, sent: request.model, think: requestedThink });
  const options = requestOptions(model, request.options, parts.logger);
  const think = effectiveThink(requestedThink, capabilities);
  return {
    options,
    think,
    thinks: think !== undefined && think !== false,
    thinkingBudget: request.thinkingBudget,
    addsBos: facts.addsBos,
    bosTokenId,
    format: () => {
      if (format instanceof CorralError) throw format;
      return format;
    },
    // DeepSeek 2's attention can't be moved within its context.
    policy: { truncate: request.truncate, shift: request.shift ?? facts.architecture !== 'deepseek2' },
    generation: {
      adapters: model.adapterPaths,
      contextTokens: [],
      sampling: options.sampling,
      stop: options.stop,
      numPredict: options.numPredict,
      numKeep: options.numKeep,
      mostDrafted: parts.settings.speculation ? options.mostDrafted : 0,
      remembers: options.remembers,
      mostDraftedByModel: parts.settings.speculation ? options.mostDraftedByModel : 0,
      topLogprobs: request.logprobs ? request.top_logprobs : -1,
      grammar: grammarForFormat(request.format),
      logitBias: request.logitBias ?? [],
      returnTokens: false,
      tellsBegin: request.tellsBegin ?? false,
      visibleSpecialTokens: [],
    },
  };
}
