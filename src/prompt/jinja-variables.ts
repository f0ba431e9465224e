/** The variables a chat template sees: those of transformers' `apply_chat_template`, with llama.cpp's for thinking. */
import type { ThinkValue, Tool } from './chat-message.ts';
import type { JinjaMessage } from './jinja-messages.ts';

export interface JinjaInput {
  readonly messages: readonly JinjaMessage[];
  readonly tools: readonly Tool[];
  readonly think: ThinkValue;
  readonly bosToken: string;
  readonly eosToken: string;
}

/**
 * No tools are `none`, not an empty list, as in transformers: templates ask `tools is not none`. Thinking is on unless switched
 * off, under the two names in use (`enable_thinking`; DeepSeek's `thinking`); a level adds `reasoning_effort`.
 */
export function jinjaVariables(input: JinjaInput): Record<string, unknown> {
  const thinking = input.think !== false;
  return {
    messages: input.messages,
    tools: input.tools.length > 0 ? input.tools : null,
    documents: null,
    add_generation_prompt: true,
    bos_token: input.bosToken,
    eos_token: input.eosToken,
    enable_thinking: thinking,
    thinking,
    ...(typeof input.think === 'string' ? { reasoning_effort: input.think } : {}),
  };
}
