/** Takes the answers of one family of models apart, for models whose config names a `parser`. The names are Ollama's. */
import type { ChatMessage, ThinkValue, Tool } from '../chat-message.ts';
import type { AnswerParser } from '../prompt-format.ts';
import type { ToolCallSyntax } from '../tool-calls/tool-call-syntax.ts';

export interface FamilyParser {
  /** What a model with this parser can do. */
  readonly tools: boolean;
  readonly thinking: boolean;
  /** As in `PromptFormat`. */
  readonly thinkingEnd?: string | undefined;
  /** Special tokens that must stay visible in the generated text. */
  readonly visibleTokens: readonly string[];
  /** How its models write calls, as a grammar; without one, calls can't be forced. */
  readonly callSyntax?: ToolCallSyntax;
  create(answer: ExpectedAnswer): AnswerParser;
}

export interface ExpectedAnswer {
  readonly tools: readonly Tool[];
  readonly think: ThinkValue;
  /** The conversation's last message; one of the assistant's is gone on with. */
  readonly lastMessage: ChatMessage | undefined;
  /** The answer has been begun and its thinking has ended. */
  readonly isPastThinking: boolean;
  readonly newCallId: () => string;
}

/** Whether the request asks for thinking in so many words. */
export const asksToThink = ({ think }: ExpectedAnswer): boolean => think !== undefined && think !== false;

/** Whether the model goes on with content that is already there. */
export function continuesContent({ lastMessage, isPastThinking }: ExpectedAnswer): boolean {
  return isPastThinking || (lastMessage?.role === 'assistant' && lastMessage.content !== '');
}
