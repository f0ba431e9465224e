import type { Logprobs } from '../../usecases/answer-events.ts';

/** Log probabilities of tokens as chats and responses tell them, each with its likeliest alternatives. */
export function wireLogprobs(logprobs: Logprobs): object[] {
  return logprobs.map(({ token, logprob, bytes, top }) => ({
    token,
    logprob,
    bytes,
    top_logprobs: top.map((other) => ({ token: other.token, logprob: other.logprob, bytes: other.bytes })),
  }));
}
