/**
 * Makes a conversation fit its context by leaving out the oldest messages, as Ollama does one by one; here by bisection, because every
 * count costs a rendering and a round trip to the runner. Both find the same: leaving out more never makes a prompt longer.
 */
import { CorralError } from '../core/corral-error.ts';
import type { ChatMessage } from './chat-message.ts';

/**
 * The longest end of the conversation, with every system message before it, of at most `limit` tokens. The last message always
 * stays, so what comes back may still be too long: the caller decides what that means.
 *
 * A template may refuse what is left when a user turn goes and its answer stays ("roles must alternate"); then the answer goes too.
 * Throws what `countTokens` throws for the whole conversation, and what it throws besides `template_failed` for a part.
 */
export async function fitMessages(
  messages: readonly ChatMessage[],
  countTokens: (messages: readonly ChatMessage[]) => Promise<number>,
  limit: number,
): Promise<readonly ChatMessage[]> {
  if ((await countTokens(messages)) <= limit) return messages;
  const droppable = [...messages.keys()].filter(
    (index) => index < messages.length - 1 && messages[index]?.role !== 'system',
  );
  const without = (dropped: number): readonly ChatMessage[] => {
    const gone = new Set(droppable.slice(0, dropped));
    return messages.filter((_, index) => !gone.has(index));
  };

  /** The first number of messages to leave out, from `dropped` on, that the template takes, and whether the rest fits. */
  async function attempt(dropped: number): Promise<{ readonly dropped: number; readonly fits: boolean }> {
    for (let number = dropped; number < droppable.length; number++) {
      try {
        return { dropped: number, fits: (await countTokens(without(number))) <= limit };
      } catch (error) {
        if (!(error instanceof CorralError && error.code === 'template_failed')) throw error;
      }
    }
    return { dropped: droppable.length, fits: true }; // nothing more can go: this is the answer, fitting or not
  }

  let tooFew = 0;
  let enough = droppable.length;
  let result = droppable.length;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    const tried = await attempt(middle);
    if (tried.fits) {
      enough = middle;
      result = tried.dropped;
    } else {
      tooFew = tried.dropped;
    }
  }
  return without(result);
}
