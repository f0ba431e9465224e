import { CorralError } from '../../core/corral-error.ts';
import type { ToolCall } from '../../prompt/chat-message.ts';
import type { AnswerDoneEvent, Logprobs } from '../../usecases/answer-events.ts';
import type { NumberedEvent } from '../../usecases/several-answers.ts';

/** One answer in full. */
export interface WholeAnswer {
  readonly content: string;
  readonly thinking: string;
  readonly toolCalls: readonly ToolCall[];
  readonly logprobs: Logprobs;
  /** undefined: the model was only loaded, or the prompt only rendered. */
  readonly done: AnswerDoneEvent | undefined;
  readonly rendered: { readonly prompt: string; readonly imageCount: number } | undefined;
}

/** All answers, in the order of their numbers. */
export async function collectAnswers(events: AsyncIterable<NumberedEvent>, count: number): Promise<WholeAnswer[]> {
  const answers = Array.from({ length: count }, () => ({
    content: [] as string[],
    thinking: [] as string[],
    toolCalls: [] as ToolCall[],
    logprobs: [] as Logprobs[number][],
    done: undefined as WholeAnswer['done'],
    rendered: undefined as WholeAnswer['rendered'],
  }));
  for await (const { index, event } of events) {
    const answer = answers[index];
    if (answer === undefined) throw new CorralError('internal', `there is no answer ${index}`);
    if (event.type === 'done') answer.done = event;
    if (event.type === 'rendered') answer.rendered = event;
    if (event.type !== 'piece') continue;
    answer.content.push(event.content);
    if (event.thinking !== '') answer.thinking.push(event.thinking);
    for (const call of event.toolCalls) answer.toolCalls.push(call);
    for (const logprob of event.logprobs) answer.logprobs.push(logprob);
  }
  return answers.map((answer) => ({ ...answer, content: answer.content.join(''), thinking: answer.thinking.join('') }));
}
