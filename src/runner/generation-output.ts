/** What a sampled token means for its sequence: text to send, log probabilities, or the end. */
import type { TokenItem, TokenLogprob } from '../engine/runner-protocol.ts';
import type { Model } from '../llama/model.ts';
import { tokenLogprobs } from '../llama/token-logprobs.ts';
import type { Sequence } from './sequence.ts';

export type Outcome = 'more' | 'stop' | 'length';

export class GenerationOutput {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Takes the token in. `outputIndex` names its logits in the last batch. */
  accept(sequence: Sequence, token: number, outputIndex: number): Outcome {
    const { request } = sequence;
    sequence.generated++;
    if (this.#model.vocabulary.isEndOfGeneration(token)) return 'stop';
    sequence.tokens.push(token);
    const bytes = this.#model.vocabulary.piece(token, sequence.visible.has(token));
    const { text, stop } = sequence.text.push(bytes);
    if (request.topLogprobs >= 0) sequence.logprobs.push(this.#logprob(token, bytes, outputIndex, request.topLogprobs));
    sequence.unsentText += text;
    sequence.unsentTokens++;
    if (stop !== undefined) {
      sequence.stopSequence = stop;
      sequence.tokens.pop(); // the answer's tokens end where its text does
      return 'stop';
    }
    return sequence.generated >= sequence.mostGenerated ? 'length' : 'more';
  }

  /** What there is to send, if anything. A sequence that `ends` gives up what it held back too. */
  take(sequence: Sequence, ends: boolean): TokenItem | undefined {
    const { logprobs, unsentTokens: tokens } = sequence;
    const text = ends ? sequence.unsentText + sequence.text.end() : sequence.unsentText;
    if (text === '' && logprobs.length === 0) return undefined;
    sequence.unsentText = '';
    sequence.unsentTokens = 0;
    const item = {
      id: sequence.request.id,
      text,
      tokens,
      ...(!sequence.hasSent && { cachedTokens: sequence.cachedTokens }),
    };
    sequence.hasSent = true;
    if (logprobs.length === 0) return item;
    sequence.logprobs = [];
    return { ...item, logprobs };
  }

  #logprob(token: number, bytes: Buffer, outputIndex: number, count: number): Sequence['logprobs'][number] {
    const { logprob, top } = tokenLogprobs(this.#model.logits(outputIndex), token, count);
    return {
      ...describe(bytes, logprob),
      top: top.map((ranked) => describe(this.#model.vocabulary.piece(ranked.token, true), ranked.logprob)),
    };
  }
}

function describe(bytes: Buffer, logprob: number): TokenLogprob {
  return { token: bytes.toString('utf8'), logprob, bytes: [...bytes] };
}
