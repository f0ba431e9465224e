/**
 * How one kind of model writes its calls, as a grammar: the counterpart of the shapes and parsers, which read what a model has written. What a
 * syntax admits its parser reads as calls, with arguments that satisfy the tools' schemas.
 */
import type { GrammarComposer } from '../../formats/json-schema-grammar/grammar-composer.ts';
import type { GrammarExpression } from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import type { ValueNotation } from '../../formats/json-schema-grammar/notation/value-notation.ts';
import type { Tool } from '../chat-message.ts';

/** A text that begins a call: anywhere, or only where the answer (or the text behind a call) starts. */
export interface CallTrigger {
  readonly text: string;
  readonly where: 'anywhere' | 'start';
}

export interface CallableTool {
  readonly name: string;
  readonly tool: Tool;
  /** Its arguments, as JSON or in another notation. */
  arguments(notation?: ValueNotation): GrammarExpression;
}

export interface CallOrder {
  readonly composer: GrammarComposer;
  /** At least one. */
  readonly tools: readonly CallableTool[];
  /** All tools of the request: those that may be called and those that only the model sees. */
  readonly offered: readonly Tool[];
  /** Whether several calls may come. */
  readonly parallel: boolean;
  /** Whether the grammar begins at a trigger in free text. */
  readonly waits: boolean;
}

/**
 * What stands before a call's arguments, which are not part of the match. The name is the group `json` (with quotes and escapes),
 * `plain` or `other`.
 */
export interface CallHeads {
  /** Of a call behind other text; of any call, where `next` is missing. */
  readonly first: RegExp;
  /** Of a call that follows the arguments of another one in the same block, from their end on. */
  readonly next?: RegExp;
  /** Nothing but the place tells a call: `first` counts where the answer begins and behind a call. */
  readonly onlyAtStart: boolean;
  /** The client's name of the tool that stands in the head; undefined = that is it. */
  readonly toolName?: (written: string, tools: readonly Tool[]) => string;
  /** Reads what follows, the arguments of this tool; undefined = they are JSON. */
  readonly reader?: (toolName: string, tools: readonly Tool[]) => ArgumentReader;
}

/** Reads the arguments of one call while they are written. Their JSON is the same however the text is cut. */
export interface ArgumentReader {
  read(text: string): ReadArguments;
}

export interface ReadArguments {
  /** The next part of their JSON. */
  readonly json: string;
  /** The text behind the arguments; undefined = they go on. */
  readonly rest: string | undefined;
}

export interface ToolCallSyntax {
  readonly triggers: readonly CallTrigger[];
  /** The names of tools that can be written; undefined = any. */
  readonly toolNames?: RegExp;
  /** For arguments that are passed on while they are written; undefined where they come whole. */
  readonly heads?: CallHeads;
  /** From a trigger to the end of its call; or of its calls, where one opener stands before several. No such text begins another. */
  block(order: CallOrder): GrammarExpression;
  /** What stands between two blocks; undefined = there is one, which holds all calls. */
  between(composer: GrammarComposer): GrammarExpression | undefined;
  /** An answer that is no call, where more than its text must stand. */
  content?(document: GrammarExpression): GrammarExpression;
  /**
   * `written` is an answer up to where its thinking has ended. The same, ready for what `block` and `content` admit; undefined = it is as it
   * stands.
   */
  readonly reopened?: (written: string) => string;
}
