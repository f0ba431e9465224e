/**
 * The tokens of a query and a document for a model that judges pairs. A document that does not fit is cut at its end; the query and
 * what frames the two always stay whole.
 */
import { CorralError } from '../core/corral-error.ts';
import type { Vocabulary } from '../llama/vocabulary.ts';

/** `template` has `{query}` and `{document}` in it; empty = the model's own special tokens frame the two. */
export interface Pair {
  readonly query: string;
  readonly document: string;
  readonly template: string;
}

/** At most `limit` tokens. Throws `prompt_too_long` where not even the query fits. */
export function pairTokens(vocabulary: Vocabulary, pair: Pair, limit: number): readonly number[] {
  return pair.template === '' ? framed(vocabulary, pair, limit) : filled(vocabulary, pair, limit);
}

function framed(vocabulary: Vocabulary, { query, document }: Pair, limit: number): readonly number[] {
  const [before, between, after] = vocabulary.pairFrame();
  const start = [...before, ...vocabulary.tokenize(query, false, false), ...between];
  const room = limit - start.length - after.length;
  if (room < 1) throw queryTooLong();
  return [...start, ...vocabulary.tokenize(document, false, false).subarray(0, room), ...after];
}

function filled(vocabulary: Vocabulary, { query, document, template }: Pair, limit: number): readonly number[] {
  // One pass over the template: what the texts hold is not looked at again.
  const fill = (text: string) =>
    vocabulary.tokenize(
      template.replaceAll(/\{query\}|\{document\}/g, (place) => (place === '{query}' ? query : text)),
      false,
    );
  const whole = fill(document);
  if (whole.length <= limit) return [...whole];
  const own = vocabulary.tokenize(document, false, false);
  // Two more than what is over: the last token may be half a character, and its neighbours may join otherwise.
  const kept = own.subarray(0, Math.max(0, own.length - (whole.length - limit) - 2));
  const cut = fill(vocabulary.detokenize([...kept]));
  if (cut.length > limit) throw queryTooLong();
  return [...cut];
}

function queryTooLong(): CorralError {
  return new CorralError('prompt_too_long', 'the query is longer than the context of the model');
}
