/** What a chat completion request means. */
import { CorralError } from '../../core/corral-error.ts';
import type { ChatCompletionRequest } from './chat-completion-request.ts';
import { invalidField } from './invalid-field.ts';
import { samplingOptions } from './openai-fields.ts';
import { thinkByEffort } from './think-by-effort.ts';
import { toMessages } from './to-messages.ts';
import { toTools } from './to-tools.ts';

/** The conversation of one choice; those of several differ in their seeds alone. Throws `bad_request`. */
export function toConversation(request: ChatCompletionRequest) {
  // Ollama's words.
  if (request.messages.length === 0) throw new CorralError('bad_request', "[] is too short - 'messages'");
  const { logprobs, top_logprobs, parallel_tool_calls } = request;
  if (top_logprobs !== undefined && top_logprobs > 0 && !logprobs) {
    throw invalidField('top_logprobs', 'logprobs must be true');
  }
  const limit = request.max_completion_tokens ?? request.max_tokens;
  const format = toFormat(request.response_format);
  const effort = request.reasoning_effort ?? request.reasoning?.effort;
  const shared = {
    model: request.model,
    messages: toMessages(request.messages),
    ...toTools(request),
    ...(parallel_tool_calls !== undefined && { parallelToolCalls: parallel_tool_calls }),
    ...(format !== undefined && { format }),
    ...(effort !== undefined && { think: thinkByEffort[effort] }),
    truncate: true,
    logprobs,
    top_logprobs: top_logprobs ?? 0,
    logitBias: request.logit_bias,
    streamsToolCalls: request.stream,
    _debug_render_only: request._debug_render_only,
  };
  return (choice: number) => ({ ...shared, options: samplingOptions(request, limit, choice) });
}

function toFormat({ type, json_schema }: ChatCompletionRequest['response_format']): unknown {
  if (type === 'text') return undefined;
  if (type === 'json_object') return 'json';
  if (json_schema === undefined) throw invalidField('response_format.json_schema', 'a schema is needed');
  return json_schema.schema ?? 'json';
}
