/** The objects of a chat completion: one for the whole answer, or the chunks of a stream. Field order and role in the first chunk as in Ollama. */
import type { AnswerDoneEvent, AnswerPieceEvent, Logprobs } from '../../usecases/answer-events.ts';
import { debugFields } from '../ollama/answer-fields.ts';
import type { WholeAnswer } from './collect-answers.ts';
import { systemFingerprint, type ReplyIdentity } from './reply-identity.ts';
import type { AnswerChunks } from './stream-answers.ts';
import { createUsageCount, type UsageCount } from './usage-count.ts';
import { wireLogprobs } from './wire-logprobs.ts';

export interface ChatReplyOptions {
  readonly identity: ReplyIdentity;
  readonly wantsLogprobs: boolean;
  /** Whether a stream tells the usage. */
  readonly includesUsage: boolean;
  /** Whether the client asked for a tier and so wants to hear which one served it. */
  readonly tellsTier: boolean;
}

export function wholeChatCompletion(
  answers: readonly WholeAnswer[],
  usage: UsageCount,
  options: ChatReplyOptions,
): object {
  const [first] = answers;
  return {
    ...headFields('chat.completion', options),
    choices: answers.map((answer, index) => wholeChoice(answer, index, options.wantsLogprobs)),
    usage: usage.fields(),
    ...(first?.rendered !== undefined && debugFields(first.rendered.prompt, first.rendered.imageCount)),
  };
}

function wholeChoice(answer: WholeAnswer, index: number, wantsLogprobs: boolean): object {
  const { content, thinking, toolCalls, logprobs, done } = answer;
  return {
    index,
    message: {
      role: 'assistant',
      content,
      refusal: null,
      ...(thinking !== '' && { reasoning: thinking }),
      ...(toolCalls.length > 0 && {
        tool_calls: toolCalls.map((call, number) => ({
          id: call.id,
          index: number,
          type: 'function',
          function: { name: call.name, arguments: JSON.stringify(call.arguments) },
        })),
      }),
    },
    logprobs: wantsLogprobs ? logprobFields(logprobs) : null,
    finish_reason: finishReason(done?.reason ?? 'stop', toolCalls.length > 0),
  };
}

export function createChatChunks(options: ChatReplyOptions): AnswerChunks {
  const { wantsLogprobs, includesUsage } = options;
  const head = headFields('chat.completion.chunk', options);
  const usage = createUsageCount();
  const spoken = new Set<number>();
  const calling = new Set<number>();
  const counted = includesUsage ? { usage: null } : {};

  const chunk = (index: number, delta: object, logprobs: Logprobs): object => {
    const role = spoken.has(index) ? {} : { role: 'assistant' };
    spoken.add(index);
    const choice = {
      index,
      delta: { ...role, ...delta },
      finish_reason: null,
      ...(wantsLogprobs && { logprobs: logprobs.length === 0 ? null : logprobFields(logprobs) }),
    };
    return { ...head, choices: [choice], ...counted };
  };
  const pieceChunks = (index: number, { content, thinking, toolCallDeltas, logprobs }: AnswerPieceEvent): object[] => {
    const deltas: object[] = [];
    if (thinking !== '')
      deltas.push(spoken.has(index) ? { reasoning: thinking } : { content: '', reasoning: thinking });
    if (content !== '') deltas.push({ content });
    for (const { index: call, id, name, isFirst, argumentsText } of toolCallDeltas) {
      calling.add(index);
      const first = isFirst ? { id, type: 'function', function: { name, arguments: argumentsText } } : {};
      deltas.push({ tool_calls: [{ index: call, function: { arguments: argumentsText }, ...first }] });
    }
    if (deltas.length === 0 && wantsLogprobs && logprobs.length > 0) deltas.push({ content: '' });
    // As OpenAI has it: their client's own helper counts the log probabilities of a choice's first chunk twice.
    const opening = wantsLogprobs && deltas.length > 0 && !spoken.has(index) ? [chunk(index, { content: '' }, [])] : [];
    return [...opening, ...deltas.map((delta, number) => chunk(index, delta, number === 0 ? logprobs : []))];
  };
  const endChunks = (index: number, done: AnswerDoneEvent): object[] => {
    usage.add(done, index === 0);
    const finish = finishReason(done.reason, calling.has(index));
    const end = { ...head, choices: [{ index, delta: {}, finish_reason: finish }], ...counted };
    return spoken.has(index) ? [end] : [chunk(index, { content: '' }, []), end];
  };
  return {
    of(index, event) {
      if (event.type === 'piece') return pieceChunks(index, event);
      return event.type === 'done' ? endChunks(index, event) : [];
    },
    usage: () => ({ ...head, choices: [], usage: usage.fields() }),
  };
}

function headFields(object: string, { identity: { id, created, model }, tellsTier }: ChatReplyOptions): object {
  const tier = tellsTier ? { service_tier: 'default' } : {};
  return { id, object, created, model, system_fingerprint: systemFingerprint, ...tier };
}

function finishReason(reason: AnswerDoneEvent['reason'], callsTools: boolean): string {
  // A call that was cut off is no call.
  return callsTools && reason === 'stop' ? 'tool_calls' : reason;
}

function logprobFields(logprobs: Logprobs): object {
  return { content: wireLogprobs(logprobs), refusal: null };
}
