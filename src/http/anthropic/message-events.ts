/**
 * An answer as the events of a message. One block is open at a time; text, thinking and each call take turns:
 *
 *   message_start, ping, { content_block_start, deltas, content_block_stop }, message_delta, message_stop
 */
import { thinkingSignature } from '../../api/anthropic/thinking-signature.ts';
import type {
  AnswerBegunEvent,
  AnswerCounts,
  AnswerDoneEvent,
  AnswerPieceEvent,
  ToolCallDelta,
} from '../../usecases/answer-events.ts';
import type { BlockDelta, ContentBlock, Ending, Message, MessageEvent, TokenUsage } from './message-event.ts';

export interface MessageFacts {
  readonly id: string;
  /** As the client sent it. */
  readonly model: string;
  readonly maxTokens: number;
  readonly stopSequences: readonly string[];
  /** Whether thinking goes out as text, or in the block's signature alone. */
  readonly showsThinking: boolean;
}

export type AnswerPart = AnswerBegunEvent | AnswerPieceEvent | AnswerDoneEvent;

type PromptCounts = Pick<AnswerCounts, 'promptTokens' | 'cachedTokens'>;

/** Gives the events of each part of an answer in turn. */
export function createMessageEvents(facts: MessageFacts): (part: AnswerPart) => MessageEvent[] {
  let hasBegun = false;
  let hasCalls = false;
  /** Of the block that is open or comes next. */
  let index = 0;
  let open: { readonly kind: ContentBlock['type']; readonly call: number } | undefined;
  let thought = '';

  function begin(counts: PromptCounts): MessageEvent[] {
    if (hasBegun) return [];
    hasBegun = true;
    return [{ type: 'message_start', message: startedMessage(facts, counts) }, { type: 'ping' }];
  }

  function* close(): Generator<MessageEvent> {
    if (open === undefined) return;
    if (open.kind === 'thinking')
      yield delta({ type: 'signature_delta', signature: thinkingSignature(thought, facts.showsThinking) });
    yield { type: 'content_block_stop', index };
    thought = '';
    open = undefined;
    index++;
  }

  function* inBlock(block: ContentBlock, call = -1): Generator<MessageEvent> {
    if (open?.kind === block.type && open.call === call) return;
    yield* close();
    open = { kind: block.type, call };
    yield { type: 'content_block_start', index, content_block: block };
  }

  const delta = (value: BlockDelta): MessageEvent => ({ type: 'content_block_delta', index, delta: value });

  function* piece({ thinking, content, toolCallDeltas }: AnswerPieceEvent): Generator<MessageEvent> {
    if (thinking !== '') {
      yield* inBlock({ type: 'thinking', thinking: '', signature: '' });
      thought += thinking;
      if (facts.showsThinking) yield delta({ type: 'thinking_delta', thinking });
    }
    if (content !== '') {
      yield* inBlock({ type: 'text', text: '', citations: null });
      yield delta({ type: 'text_delta', text: content });
    }
    for (const part of toolCallDeltas) {
      hasCalls = true;
      yield* inBlock(callBlock(part), part.index);
      if (part.argumentsText !== '') yield delta({ type: 'input_json_delta', partial_json: part.argumentsText });
    }
  }

  function* end(counts: AnswerDoneEvent): Generator<MessageEvent> {
    yield* close();
    yield {
      type: 'message_delta',
      delta: ending(facts, counts, hasCalls),
      usage: usage(counts, counts.generatedTokens),
    };
    yield { type: 'message_stop' };
  }

  return (part) => {
    if (part.type === 'begun') return begin(part);
    if (part.type === 'done') return [...begin(part), ...end(part)];
    return [...begin({ promptTokens: 0, cachedTokens: 0 }), ...piece(part)];
  };
}

function startedMessage({ id, model }: MessageFacts, counts: PromptCounts): Message {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: { ...usage(counts, 0), cache_creation: null, inference_geo: null, service_tier: 'standard', speed: null },
  };
}

function callBlock({ id, name }: ToolCallDelta): ContentBlock {
  return { type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } };
}

function usage(counts: PromptCounts, outputTokens: number): TokenUsage {
  return {
    input_tokens: Math.max(0, counts.promptTokens - counts.cachedTokens),
    // Here prompts are kept without being asked and without a price.
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: counts.cachedTokens,
    output_tokens: outputTokens,
    output_tokens_details: null,
    server_tool_use: null,
  };
}

function ending({ maxTokens, stopSequences }: MessageFacts, counts: AnswerDoneEvent, hasCalls: boolean): Ending {
  const ended = (stop_reason: Ending['stop_reason'], stop_sequence: string | null = null): Ending => ({
    stop_reason,
    stop_sequence,
    stop_details: null,
    container: null,
  });
  const { reason, stopSequence, generatedTokens } = counts;
  if (reason === 'length') return ended(generatedTokens < maxTokens ? 'model_context_window_exceeded' : 'max_tokens');
  if (hasCalls) return ended('tool_use');
  // A model has stop strings of its own, which the client does not know.
  if (stopSequence !== undefined && stopSequences.includes(stopSequence)) return ended('stop_sequence', stopSequence);
  return ended('end_turn');
}
