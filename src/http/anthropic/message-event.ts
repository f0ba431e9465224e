/** The events of a streamed message. A message that is not streamed is what they add up to. */

export type ContentBlock =
  | { readonly type: 'text'; readonly text: string; readonly citations: null }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
      readonly caller: { readonly type: 'direct' };
    };

export type BlockDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  | { readonly type: 'signature_delta'; readonly signature: string }
  | { readonly type: 'input_json_delta'; readonly partial_json: string };

export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'model_context_window_exceeded';

/** How a message ended; all null while it has not. */
export interface Ending {
  readonly stop_reason: StopReason | null;
  readonly stop_sequence: string | null;
  readonly stop_details: null;
  readonly container: null;
}

/** Tokens. What the prompt cache saved is not part of `input_tokens`. */
export interface TokenUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  readonly output_tokens_details: null;
  readonly server_tool_use: null;
}

export interface MessageUsage extends TokenUsage {
  readonly cache_creation: null;
  readonly inference_geo: null;
  readonly service_tier: 'standard';
  readonly speed: null;
}

export interface Message extends Ending {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: ContentBlock[];
  readonly diagnostics: null;
  readonly usage: MessageUsage;
}

export type MessageEvent =
  | { readonly type: 'message_start'; readonly message: Message }
  /** Says nothing; it keeps proxies from closing a silent connection. */
  | { readonly type: 'ping' }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block: ContentBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | { readonly type: 'message_delta'; readonly delta: Ending; readonly usage: TokenUsage }
  | { readonly type: 'message_stop' };
