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

  /** Takes the token in; pushes what is to be sent. `outputIndex` names its logits in the last batch. */
  accept(sequence: Sequence, token: number, outputIndex: number, items: TokenItem[]): Outcome {
    const { request } = sequence;
    sequence.generated++;
    if (this.#model.vocabulary.isEndOfGeneration(token)) return 'stop';
    sequence.tokens.push(token);
    const bytes = this.#model.vocabulary.piece(token, sequence.visible.has(token));
    const { text, stopped } = sequence.text.push(bytes);
    if (request.topLogprobs >= 0) sequence.logprobs.push(this.#logprob(token, bytes, outputIndex, request.topLogprobs));
    if (text !== '' || sequence.logprobs.length > 0) items.push(this.#item(sequence, text));
    if (stopped) {
      sequence.tokens.pop(); // the answer's tokens end where its text does
      return 'stop';
    }
    return sequence.generated >= sequence.mostGenerated ? 'length' : 'more';
  }

  /** What a sequence that ends had held back. */
  end(sequence: Sequence): TokenItem | undefined {
    const text = sequence.text.end();
    return text === '' ? undefined : this.#item(sequence, text);
  }

  #item(sequence: Sequence, text: string): TokenItem {
    const { logprobs } = sequence;
    if (logprobs.length === 0) return { id: sequence.request.id, text };
    sequence.logprobs = [];
    return { id: sequence.request.id, text, logprobs };
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
