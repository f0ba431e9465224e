/** A conversation as templates see it, after the wire schemas have validated it. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** In the order the model or the client gave the keys. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The client's own number of a call in an earlier turn; templates show 0 where there is none. */
  readonly index?: number;
}

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
  readonly thinking?: string;
  /** Base64. */
  readonly images?: readonly string[];
  readonly toolCalls?: readonly ToolCall[];
  readonly toolName?: string;
  readonly toolCallId?: string;
}

/** A tool as the client sent it ({type, function: {name, description, parameters}}), keys in the client's order. */
export interface Tool {
  readonly type: string;
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
  };
}

/** `undefined` = the client said nothing. */
export type ThinkValue = boolean | 'low' | 'medium' | 'high' | 'max' | undefined;
