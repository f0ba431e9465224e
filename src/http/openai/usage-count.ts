/** The tokens of all answers to one request. A prompt that is answered several times counts once, as OpenAI bills it. */
import type { AnswerDoneEvent } from '../../usecases/answer-events.ts';

export interface UsageCount {
  /** `isNewPrompt`: no other answer has counted this prompt. */
  add(done: AnswerDoneEvent, isNewPrompt: boolean): void;
  fields(): object;
}

export function createUsageCount(): UsageCount {
  let prompt = 0;
  let cached = 0;
  let completion = 0;
  return {
    add({ promptTokens, cachedTokens, generatedTokens }, isNewPrompt) {
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
  };
}
