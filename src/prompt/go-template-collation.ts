/** How Ollama prepares a conversation for a Go template. */
import type { ChatMessage } from './chat-message.ts';

export interface CollatedMessages {
  /** The contents of all system messages, with blank lines between. They stay in `messages` as well. */
  readonly system: string;
  /** Neighbours of one role are one message; tool results are not. Of merged messages everything but the content is the first one's. */
  readonly messages: readonly ChatMessage[];
}

const separator = '\n\n';

export function collateMessages(messages: readonly ChatMessage[]): CollatedMessages {
  const collated: ChatMessage[] = [];
  for (const message of messages) {
    const last = collated.at(-1);
    if (last === undefined || last.role !== message.role || message.role === 'tool') collated.push(message);
    else collated[collated.length - 1] = { ...last, content: last.content + separator + message.content };
  }
  const systems = messages.filter((message) => message.role === 'system').map((message) => message.content);
  return { system: systems.join(separator), messages: collated };
}

/** One run of an old-style template. */
export interface LegacyTurn {
  readonly system: string;
  readonly prompt: string;
  readonly response: string;
}

/**
 * The turns for templates that know System, Prompt and Response. A turn ends where a message comes before what it already
 * holds; the last turn is the one the model goes on with. Tool results have no place in it and are left out.
 */
export function legacyTurns(messages: readonly ChatMessage[]): readonly [...LegacyTurn[], LegacyTurn] {
  const done: LegacyTurn[] = [];
  const empty: LegacyTurn = { system: '', prompt: '', response: '' };
  let turn = empty;
  const finishIf = (isOver: boolean): void => {
    if (!isOver) return;
    done.push(turn);
    turn = empty;
  };
  for (const { role, content } of messages) {
    if (role === 'system') {
      finishIf(turn.prompt !== '' || turn.response !== '');
      turn = { ...turn, system: content };
    } else if (role === 'user') {
      finishIf(turn.response !== '');
      turn = { ...turn, prompt: content };
    } else if (role === 'assistant') turn = { ...turn, response: content };
  }
  return [...done, turn];
}
