/** The `response` object: what was asked, repeated with its defaults, around what was answered. */
import type { ItemStatus, OutputTextPart } from '../../api/openai/response-items.ts';
import type { ResponseRequest } from '../../api/openai/response-request.ts';
import type { AnswerCounts } from '../../usecases/answer-events.ts';

export interface ReasoningOutput {
  readonly id: string;
  readonly type: 'reasoning';
  readonly status: ItemStatus;
  readonly summary: { readonly type: 'summary_text'; readonly text: string }[];
  /** The text itself: whoever keeps the conversation gives it back, and there is nobody here to hide it from. */
  readonly encrypted_content: string | null;
}

export interface MessageOutput {
  readonly id: string;
  readonly type: 'message';
  readonly status: ItemStatus;
  readonly role: 'assistant';
  readonly content: OutputTextPart[];
}

export interface FunctionCallOutput {
  readonly id: string;
  readonly type: 'function_call';
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly arguments: string;
}

export type OutputItem = ReasoningOutput | MessageOutput | FunctionCallOutput;

export interface ResponseOutcome {
  readonly status: 'in_progress' | 'completed' | 'failed';
  readonly completedAt: number | null;
  readonly output: readonly OutputItem[];
  readonly counts: AnswerCounts | undefined;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface ResponseObject {
  readonly id: string;
  readonly object: 'response';
  readonly status: ResponseOutcome['status'];
  readonly output: readonly OutputItem[];
  readonly [field: string]: unknown;
}

/** `createdAt` and `completedAt` in seconds since 1970. */
export function responseObject(
  id: string,
  createdAt: number,
  request: ResponseRequest,
  outcome: ResponseOutcome,
): ResponseObject {
  const { status, completedAt, output, counts, error } = outcome;
  return {
    id,
    object: 'response',
    created_at: createdAt,
    completed_at: completedAt,
    status,
    incomplete_details: null,
    model: request.model,
    previous_response_id: request.previous_response_id ?? null,
    conversation: null,
    prompt: null,
    instructions: request.instructions ?? null,
    output,
    error,
    tools: request.tools,
    tool_choice: request.tool_choice ?? 'auto',
    truncation: request.truncation,
    parallel_tool_calls: request.parallel_tool_calls,
    text: request.text,
    top_p: request.top_p,
    presence_penalty: request.presence_penalty,
    frequency_penalty: request.frequency_penalty,
    top_logprobs: request.top_logprobs,
    temperature: request.temperature,
    reasoning: reasoningFields(request),
    usage: counts === undefined ? null : usageFields(counts),
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    store: request.store,
    background: false,
    service_tier: 'default',
    metadata: request.metadata,
    safety_identifier: request.safety_identifier ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    prompt_cache_retention: request.prompt_cache_retention ?? null,
    user: request.user ?? null,
  };
}

function reasoningFields({ reasoning }: ResponseRequest): object | null {
  if (reasoning === undefined) return null;
  return { effort: reasoning.effort ?? null, summary: reasoning.summary ?? reasoning.generate_summary ?? null };
}

function usageFields({ promptTokens, cachedTokens, generatedTokens, thinkingTokens = 0 }: AnswerCounts): object {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: generatedTokens,
    output_tokens_details: { reasoning_tokens: thinkingTokens },
    total_tokens: promptTokens + generatedTokens,
  };
}
