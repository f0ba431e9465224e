/** Parts of a reply that generate and chat share, in the order Ollama writes them. */
import type { AnswerDoneEvent, Logprobs } from '../../usecases/answer-events.ts';

/** Counts and durations (nanoseconds); a zero is left out, as Go does. */
export function metricFields(done: AnswerDoneEvent): object {
  return {
    total_duration: done.totalNs,
    load_duration: done.loadNs,
    ...(done.promptTokens > 0 && { prompt_eval_count: done.promptTokens }),
    ...(done.promptNs > 0 && { prompt_eval_duration: done.promptNs }),
    ...(done.generatedTokens > 0 && { eval_count: done.generatedTokens }),
    ...(done.generationNs > 0 && { eval_duration: done.generationNs }),
  };
}

/** `logprobs`, left out when there are none. */
export function logprobFields(logprobs: Logprobs): object {
  if (logprobs.length === 0) return {};
  return {
    logprobs: logprobs.map(({ token, logprob, bytes, top }) => ({
      token,
      logprob,
      bytes,
      ...(top.length > 0 && {
        top_logprobs: top.map((other) => ({ token: other.token, logprob: other.logprob, bytes: other.bytes })),
      }),
    })),
  };
}

export function debugFields(prompt: string, imageCount: number): object {
  return { _debug_info: { rendered_template: prompt, ...(imageCount > 0 && { image_count: imageCount }) } };
}
