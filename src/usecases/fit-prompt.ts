/**
 * Sends a prompt to a runner whatever its length. The runner counts the tokens as it begins, so a prompt that fits (nearly all) costs no
 * extra round trip; only one that was refused is made shorter and sent again.
 *
 *   as it is -> without the oldest messages -> with its middle cut out (shift) | 400
 *
 * With `truncate: false` nothing is left out and a prompt that is too long is a 400.
 */
import { CorralError } from '../core/corral-error.ts';
import type { GenerateRequest } from '../engine/runner-protocol.ts';
import type { GenerationEvent, Runner } from '../engine/runner.ts';

export interface FittedPrompt {
  readonly text: string;
  /** The same prompt with fewer messages, of at most `limit` tokens where that can be; undefined when there is nothing to leave out. */
  readonly shorten?: (limit: number) => Promise<string>;
}

export interface OverflowPolicy {
  readonly truncate: boolean;
  readonly shift: boolean;
}

export type Generation = Omit<GenerateRequest, 'type' | 'id' | 'prompt' | 'overflow' | 'shift'>;

/** The runner's events. Throws `prompt_too_long` (before the first event) when the policy leaves no way. */
export async function* generateFitted(
  runner: Runner,
  generation: Generation,
  prompt: FittedPrompt,
  policy: OverflowPolicy,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void, undefined> {
  const send = (text: string, overflow: GenerateRequest['overflow']) =>
    runner.generate({ ...generation, prompt: text, overflow, shift: policy.shift }, signal);

  let { text } = prompt;
  let refusal: unknown;
  try {
    yield* send(text, 'reject');
    return;
  } catch (thrown) {
    refusal = thrown;
  }
  const limit = limitOf(refusal, runner);
  if (!policy.truncate) throw promptTooLong(refusal);

  const shorter = await prompt.shorten?.(limit);
  if (shorter !== undefined && shorter !== text) {
    text = shorter;
    try {
      yield* send(text, 'reject');
      return;
    } catch (thrown) {
      refusal = thrown;
    }
    limitOf(refusal, runner);
  }
  if (!policy.shift) throw promptTooLong(refusal);
  yield* send(text, 'middle');
}

/** The most tokens that fit, from a runner's refusal; any other error is thrown on. */
function limitOf(thrown: unknown, runner: Runner): number {
  if (!(thrown instanceof CorralError) || thrown.code !== 'prompt_too_long') throw thrown;
  const { cause } = thrown;
  const limit = typeof cause === 'object' && cause !== null && 'limit' in cause ? cause.limit : undefined;
  // One place is for the answer's first token.
  return typeof limit === 'number' ? limit : runner.facts.contextTokens - 1;
}

function promptTooLong(cause: unknown): CorralError {
  return new CorralError(
    'prompt_too_long',
    'the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length',
    { hint: 'A larger num_ctx makes room; without "truncate": false the oldest messages are left out.', cause },
  );
}
