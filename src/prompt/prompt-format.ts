/**
 * One model's way of turning messages into text and text into an answer. Jinja templates, Go templates and the built-in
 * renderers and parsers of families all stand behind this interface; the use cases know nothing else.
 */
import type { ChatMessage, ThinkValue, Tool, ToolCall } from './chat-message.ts';
import type { ToolCallSyntax } from './tool-calls/tool-call-syntax.ts';

export interface RenderInput {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly Tool[];
  readonly think: ThinkValue;
}

/** A piece of an answer, in order. Exactly the fields that have something in them. */
export interface AnswerPiece {
  readonly content?: string;
  readonly thinking?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** Parts of calls that come whole in `toolCalls` when they have ended. */
  readonly toolCallDeltas?: readonly ToolCallDelta[];
}

/** A part of a tool call as the model writes it. The first delta of a call brings its id and name, and may bring no arguments yet. */
export interface ToolCallDelta {
  /** Of the call in this answer, from 0. */
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly isFirst: boolean;
  /** All of a call's together are the JSON text of its arguments, an object. */
  readonly argumentsText: string;
}

/** Splits generated text into content, thinking and tool calls. Same result for every way of cutting the text into pushes. */
export interface AnswerParser {
  push(text: string): AnswerPiece[];
  /** The text has ended: whatever was held back. */
  end(): AnswerPiece[];
}

export type Capability = 'completion' | 'embedding' | 'vision' | 'audio' | 'tools' | 'insert' | 'thinking';

export interface PromptFormat {
  readonly kind: 'jinja' | 'go-template' | 'family' | 'plain';
  /** What this format adds to what the weights can do: any of tools, thinking, insert. */
  readonly capabilities: readonly Capability[];
  /** `render` marks the places of images in the text itself; otherwise they must be marked before. */
  readonly placesImages?: boolean;
  /** The prompt for a conversation. Throws `template_failed`. */
  render(input: RenderInput): string;
  /** The fill-in-the-middle prompt; only with capability `insert`. */
  renderInsert(prompt: string, suffix: string): string;
  /** A parser for the answer to `prompt`, a text that `render` returned for `input`; empty when the answer has been begun and is past its thinking. */
  answerParser(input: RenderInput, prompt: string): AnswerParser;
  /** What closes thinking that has begun, the white space around the tag included; undefined = it can't be closed from outside. */
  readonly thinkingEnd?: string | undefined;
  /** How the model writes tool calls; undefined = calls can be read but not forced. */
  readonly callSyntax?: ToolCallSyntax | undefined;
  /** The name of the parser that knows no calls, where one is why there is no `callSyntax`. */
  readonly callless?: string | undefined;
  /** Special tokens that must stay visible in the generated text for `answerParser`. */
  readonly visibleSpecialTokens: readonly string[];
}
