/** The objects of a text completion, whole or as chunks. Field order as in Ollama. */
import type { AnswerPieceEvent, Logprobs } from '../../usecases/answer-events.ts';
import type { WholeAnswer } from './collect-answers.ts';
import { systemFingerprint, type ReplyIdentity } from './reply-identity.ts';
import type { AnswerChunks } from './stream-answers.ts';
import { createUsageCount, type UsageCount } from './usage-count.ts';

export interface CompletionReplyOptions {
  readonly identity: ReplyIdentity;
  /** Likeliest tokens told beside each; undefined = no log probabilities. */
  readonly logprobs: number | undefined;
  /** Whether a stream tells the usage. */
  readonly includesUsage: boolean;
  /** What stands before the answers of each prompt: the prompt, or nothing. */
  readonly before: readonly string[];
  readonly choicesPerPrompt: number;
}

/** `answers` are those told; `usage` counts all that were made. */
export function wholeCompletion(
  answers: readonly WholeAnswer[],
  usage: UsageCount,
  options: CompletionReplyOptions,
): object {
  const choices = answers.map(({ content, logprobs, done }, index) => {
    const before = textBefore(options, index);
    return {
      text: before + content,
      index,
      logprobs: logprobFields(logprobs, before.length, options.logprobs),
      finish_reason: done?.reason ?? 'stop',
    };
  });
  return { ...reply(options.identity, choices), usage: usage.fields() };
}

export function createCompletionChunks(options: CompletionReplyOptions): AnswerChunks {
  const { identity, choicesPerPrompt } = options;
  const usage = createUsageCount();
  const counted = options.includesUsage ? { usage: null } : {};
  /** Characters of each choice so far. */
  const lengths = new Map<number, number>();

  const chunk = (index: number, content: string, logprobs: Logprobs, finish: string | null): object => {
    const known = lengths.get(index);
    const before = known === undefined ? textBefore(options, index) : '';
    const offset = known ?? before.length;
    lengths.set(index, offset + content.length);
    const probabilities = logprobs.length === 0 ? null : logprobFields(logprobs, offset, options.logprobs);
    const choice = { text: before + content, index, logprobs: probabilities, finish_reason: finish };
    return { ...reply(identity, [choice]), ...counted };
  };
  const isEmpty = ({ content, logprobs }: AnswerPieceEvent) =>
    content === '' && (options.logprobs === undefined || logprobs.length === 0);

  return {
    of(index, event) {
      if (event.type === 'piece') {
        return isEmpty(event) ? [] : [chunk(index, event.content, event.logprobs, null)];
      }
      if (event.type === 'done') usage.add(event, index % choicesPerPrompt === 0);
      return [chunk(index, '', [], event.type === 'done' ? event.reason : 'stop')];
    },
    usage: () => ({ ...reply(identity, []), usage: usage.fields() }),
  };
}

function textBefore({ before, choicesPerPrompt }: CompletionReplyOptions, index: number): string {
  return before[Math.floor(index / choicesPerPrompt)] ?? '';
}

function reply({ id, created, model }: ReplyIdentity, choices: readonly object[]): object {
  return { id, object: 'text_completion', created, choices, model, system_fingerprint: systemFingerprint };
}

function logprobFields(logprobs: Logprobs, start: number, wanted: number | undefined): object | null {
  if (wanted === undefined) return null;
  let offset = start;
  const offsets = logprobs.map(({ token }) => {
    const at = offset;
    offset += token.length;
    return at;
  });
  return {
    tokens: logprobs.map(({ token }) => token),
    token_logprobs: logprobs.map(({ logprob }) => logprob),
    ...(wanted > 0 && { top_logprobs: logprobs.map(likeliest) }),
    text_offset: offsets,
  };
}

/** The token that was drawn is among them, whether it was likely or not. */
function likeliest({ token, logprob, top }: Logprobs[number]): Record<string, number> {
  return Object.fromEntries([...top.map((other) => [other.token, other.logprob]), [token, logprob]]);
}
