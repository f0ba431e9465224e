/** The three kinds of output items while they are being written, each with the events that OpenAI's clients follow it by. */
import { outputTextPart, type ItemStatus } from '../../api/openai/response-items.ts';
import type { Logprobs } from '../../usecases/answer-events.ts';
import type { UnnumberedEvent } from './response-builder.ts';
import { wireLogprobs } from './wire-logprobs.ts';
import type { FunctionCallOutput, MessageOutput, OutputItem, ReasoningOutput } from './response-object.ts';

/** The events lack `output_index`, which the item does not know. */
export interface OpenItem {
  readonly kind: 'reasoning' | 'message' | 'call';
  added(): UnnumberedEvent[];
  append(text: string, logprobs: Logprobs): UnnumberedEvent[];
  done(status: ItemStatus): { readonly item: OutputItem; readonly events: UnnumberedEvent[] };
}

/** All thinking is one part of the summary. */
export function openReasoning(id: string): OpenItem {
  let written = '';
  const at = { item_id: id, summary_index: 0 };
  const item = (status: ItemStatus, text: string | null): ReasoningOutput => ({
    id,
    type: 'reasoning',
    status,
    summary: text === null ? [] : [{ type: 'summary_text', text }],
    encrypted_content: text,
  });
  return {
    kind: 'reasoning',
    added: () => [
      { type: 'response.output_item.added', item: item('in_progress', null) },
      { type: 'response.reasoning_summary_part.added', ...at, part: { type: 'summary_text', text: '' } },
    ],
    append(delta) {
      written += delta;
      return [{ type: 'response.reasoning_summary_text.delta', ...at, delta }];
    },
    done(status) {
      const whole = item(status, written);
      const part = { type: 'summary_text', text: written };
      return {
        item: whole,
        events: [
          { type: 'response.reasoning_summary_text.done', ...at, text: written },
          { type: 'response.reasoning_summary_part.done', ...at, part },
          { type: 'response.output_item.done', item: whole },
        ],
      };
    },
  };
}

/** All content is one part. */
export function openMessage(id: string): OpenItem {
  let written = '';
  const allLogprobs: object[] = [];
  const at = { item_id: id, content_index: 0 };
  const item = (status: ItemStatus, content: MessageOutput['content']): MessageOutput => ({
    id,
    type: 'message',
    status,
    role: 'assistant',
    content,
  });
  return {
    kind: 'message',
    added: () => [
      { type: 'response.output_item.added', item: item('in_progress', []) },
      { type: 'response.content_part.added', ...at, part: outputTextPart('') },
    ],
    append(delta, tokens) {
      written += delta;
      const logprobs = wireLogprobs(tokens);
      allLogprobs.push(...logprobs);
      return [{ type: 'response.output_text.delta', ...at, delta, logprobs }];
    },
    done(status) {
      const part = outputTextPart(written, allLogprobs);
      const whole = item(status, [part]);
      return {
        item: whole,
        events: [
          { type: 'response.output_text.done', ...at, text: written, logprobs: allLogprobs },
          { type: 'response.content_part.done', ...at, part },
          { type: 'response.output_item.done', item: whole },
        ],
      };
    },
  };
}

export function openCall(
  id: string,
  callId: string,
  name: { readonly name: string; readonly namespace?: string },
): OpenItem {
  let written = '';
  const item = (status: ItemStatus): FunctionCallOutput => ({
    id,
    type: 'function_call',
    status,
    call_id: callId,
    ...name,
    arguments: written,
  });
  return {
    kind: 'call',
    added: () => [{ type: 'response.output_item.added', item: item('in_progress') }],
    append(delta) {
      written += delta;
      return [{ type: 'response.function_call_arguments.delta', item_id: id, delta }];
    },
    done(status) {
      const whole = item(status);
      return {
        item: whole,
        events: [
          { type: 'response.function_call_arguments.done', item_id: id, arguments: written },
          { type: 'response.output_item.done', item: whole },
        ],
      };
    },
  };
}
