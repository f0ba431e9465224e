/** The tokens of all answers to one request. A prompt that is answered several times counts once, as OpenAI bills it. */
import type { AnswerDoneEvent } from '../../usecases/answer-events.ts';
import type { Usage } from '../usage-header.ts';
import type { WholeAnswer } from './collect-answers.ts';

export interface UsageCount {
  /** `isNewPrompt`: no other answer has counted this prompt. */
  add(done: AnswerDoneEvent, isNewPrompt: boolean): void;
  fields(): object;
  /** undefined = nothing was computed. */
  usage(): Usage | undefined;
}

export function createUsageCount(): UsageCount {
  let prompt = 0;
  let cached = 0;
  let completion = 0;
  let isAny = false;
  return {
    add({ promptTokens, cachedTokens, generatedTokens }, isNewPrompt) {
      isAny = true;
      completion += generatedTokens;
      if (!isNewPrompt) return;
      prompt += promptTokens;
      cached += cachedTokens;
    },
    fields: () => ({
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: cached },
    }),
    usage: () => (isAny ? { prompt, cached, completion } : undefined),
  };
}

/** The tokens of answers that lie side by side by their prompts. */
export function usageOf(answers: readonly WholeAnswer[], answersPerPrompt: number): UsageCount {
  const usage = createUsageCount();
  for (const [index, { done }] of answers.entries()) {
    if (done !== undefined) usage.add(done, index % answersPerPrompt === 0);
  }
  return usage;
}
