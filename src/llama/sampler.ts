/**
 * Chooses the next token from logits, natively: a sampler chain per request in the order of Ollama's engine (penalties,
 * top-k, typical, top-p, min-p, temperature, then a draw from what is left). Samplers that would change nothing are left out.
 *
 * With a grammar the chain samples freely first, and only its choice is tested; when the grammar refuses it, the chain samples again
 * from the tokens that are allowed. The grammar is followed here and not by the engine's own sampler, which takes milliseconds to test a
 * vocabulary, and which an ambiguous grammar makes fill the memory or end the process.
 */
import { randomInt } from 'node:crypto';
import { CorralError } from '../core/corral-error.ts';
import type { SamplingOptions } from '../engine/runner-protocol.ts';
import type { Bindings } from './bindings.ts';
import { CandidateArray } from './candidate-array.ts';
import type { GrammarConstraint } from './grammar-constraint.ts';
import type { Model } from './model.ts';
import type { Pointer } from './structs.ts';

/** LLAMA_DEFAULT_SEED: the engine would draw a seed of its own. */
const engineDrawsSeed = 0xffff_ffff;

export class Sampler {
  readonly #bindings: Bindings;
  readonly #model: Model;
  readonly #chain: Pointer;
  readonly #constraint: GrammarConstraint | undefined;
  /** Whether the chain penalises tokens that it has been told of. */
  readonly #remembers: boolean;

  /** `promptTokens` count for the penalties. Throws `invalid_format` when the grammar does not parse. */
  constructor(
    bindings: Bindings,
    model: Model,
    options: SamplingOptions,
    grammar: string,
    promptTokens: readonly number[],
    contextTokens: number,
  ) {
    this.#bindings = bindings;
    this.#model = model;
    this.#constraint = grammar === '' ? undefined : model.constraints.begin(grammar);
    this.#chain = bindings.samplerChain({ no_perf: true });
    const add = (sampler: Pointer) => bindings.samplerAdd(this.#chain, sampler);
    const lastN = options.repeatLastN < 0 ? contextTokens : options.repeatLastN;
    const penalises =
      lastN > 0 && (options.repeatPenalty !== 1 || options.frequencyPenalty !== 0 || options.presencePenalty !== 0);
    this.#remembers = penalises;
    if (penalises) {
      add(
        bindings.penaltiesSampler(
          model.vocabulary.size,
          lastN,
          options.repeatPenalty,
          options.frequencyPenalty,
          options.presencePenalty,
        ),
      );
    }
    if (options.temperature <= 0) {
      add(bindings.greedySampler());
    } else {
      if (options.topK > 0) add(bindings.topKSampler(options.topK));
      if (options.typicalP < 1) add(bindings.typicalSampler(options.typicalP, 1));
      if (options.topP < 1) add(bindings.topPSampler(options.topP, 1));
      if (options.minP > 0) add(bindings.minPSampler(options.minP, 1));
      add(bindings.temperatureSampler(options.temperature));
      add(bindings.distSampler(options.seed < 0 ? randomInt(engineDrawsSeed) : options.seed % engineDrawsSeed));
    }
    if (penalises) for (const token of promptTokens.slice(-lastN)) bindings.samplerAccept(this.#chain, token);
  }

  /** Draws from the logits at `index` of the last batch and remembers the token. */
  sample(index: number): number {
    if (this.#constraint === undefined) return this.#bindings.samplerSample(this.#chain, this.#model.context, index);
    const token = this.#sampleConstrained(this.#constraint, index);
    if (this.#remembers) this.#bindings.samplerAccept(this.#chain, token);
    return token;
  }

  free(): void {
    this.#bindings.samplerFree(this.#chain);
  }

  #sampleConstrained(constraint: GrammarConstraint, index: number): number {
    const free = this.#sampleFreely(index);
    if (constraint.take(free)) return free;
    const logits = this.#model.logits(index);
    const candidates = CandidateArray.shared(logits.length);
    if (candidates.fillAllowed(logits, constraint.allowed()) === 0) {
      throw new CorralError('invalid_format', 'the grammar of the format allows nothing more that the model can write');
    }
    this.#bindings.samplerApply(this.#chain, candidates.header);
    const token = candidates.selected();
    constraint.take(token);
    return token;
  }

  /** A token that the chain has not been told of, should it remember tokens: it may be refused. */
  #sampleFreely(index: number): number {
    if (!this.#remembers) return this.#bindings.samplerSample(this.#chain, this.#model.context, index);
    const logits = this.#model.logits(index);
    const candidates = CandidateArray.shared(logits.length);
    candidates.fill(logits);
    this.#bindings.samplerApply(this.#chain, candidates.header);
    return candidates.selected();
  }
}
