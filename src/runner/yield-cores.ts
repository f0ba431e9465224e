/**
 * A pause behind the first token of an answer. The next step would begin at once and take every core, so the server, which has just been woken
 * to pass the token on, would wait for a time slice: on 2 cores it got the token up to 7 ms later. Measured there: the first text of a prompt that
 * is cached but for its last words came after 21.8 to 23.2 ms instead of 24.2 to 26.1 ms. Once per answer, so it costs decoding nothing.
 */
import { availableParallelism } from 'node:os';
import type { ChildMessage } from '../engine/runner-protocol.ts';
import { pauseThread } from './pause-thread.ts';

const pauseMs = 1;

/** Blocks the thread where `message` begins an answer and the engine computes with so many `threads` that no core is left for others. */
export function yieldCores(message: ChildMessage, threads: number): void {
  if (message.type !== 'tokens' || threads < availableParallelism()) return;
  if (message.items.some(({ cachedTokens }) => cachedTokens !== undefined)) pauseThread(pauseMs);
}
