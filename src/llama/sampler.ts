/**
 * Chooses the next token from logits, natively: a sampler chain per request in the order of Ollama's engine (biases, penalties,
 * top-k, typical, top-p, min-p, temperature, then a draw from what is left). Samplers that would change nothing are left out.
 *
 * With a grammar the chain samples freely first, and only its choice is tested; when the grammar refuses it, the grammar is
 * applied to all candidates and the chain samples again. Testing a whole vocabulary at every token is several times slower.
 */
import { randomInt } from 'node:crypto';
import type { GenerateRequest } from '../engine/runner-protocol.ts';
import type { Bindings } from './bindings.ts';
import { CandidateArray } from './candidate-array.ts';
import { GrammarSampler } from './grammar-sampler.ts';
import type { Model } from './model.ts';
import type { Pointer } from './structs.ts';

/** LLAMA_DEFAULT_SEED: the engine would draw a seed of its own. */
const engineDrawsSeed = 0xffff_ffff;

/** The bias from which on a token is banned or, above zero, forced. */
const strongestBias = 100;
/**
 * What is added then. Beyond any logit even after a division by a high temperature, but finite: where a grammar leaves a banned token
 * alone, that one must still win over the others.
 */
const banningBias = -1e6;
const forcingBias = 1e4;

type SamplerRequest = Pick<GenerateRequest, 'sampling' | 'grammar' | 'grammarStart' | 'logitBias'>;

export class Sampler {
  readonly #bindings: Bindings;
  readonly #model: Model;
  readonly #chain: Pointer;
  readonly #grammar: GrammarSampler | undefined;

  /** `promptTokens` count for the penalties. Throws `invalid_format` when the grammar does not parse. */
  constructor(
    bindings: Bindings,
    model: Model,
    request: SamplerRequest,
    promptTokens: readonly number[],
    contextTokens: number,
  ) {
    this.#bindings = bindings;
    this.#model = model;
    const { sampling: options, logitBias } = request;
    this.#grammar = request.grammar === '' ? undefined : new GrammarSampler(bindings, model, request);
    this.#chain = bindings.samplerChain({ no_perf: true });
    const add = (sampler: Pointer) => bindings.samplerAdd(this.#chain, sampler);
    const lastN = options.repeatLastN < 0 ? contextTokens : options.repeatLastN;
    if (logitBias.length > 0) {
      add(bindings.logitBiasSampler(model.vocabulary.size, logitBias.length, packBiases(logitBias)));
    }
    const penalises =
      lastN > 0 && (options.repeatPenalty !== 1 || options.frequencyPenalty !== 0 || options.presencePenalty !== 0);
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
    const grammar = this.#grammar;
    if (grammar?.isOn) {
      const token = this.#sampleConstrained(grammar, this.#model.logits(index));
      this.#bindings.samplerAccept(this.#chain, token);
      grammar.accept(token);
      return token;
    }
    const token = this.#bindings.samplerSample(this.#chain, this.#model.context, index);
    return grammar === undefined || grammar.accept(token) ? token : this.#sampleOther(grammar, index, token);
  }

  free(): void {
    this.#bindings.samplerFree(this.#chain);
    this.#grammar?.free();
  }

  #sampleConstrained(grammar: GrammarSampler, logits: Float32Array): number {
    const candidates = CandidateArray.shared(logits.length);
    candidates.fill(logits);
    this.#bindings.samplerApply(this.#chain, candidates.header);
    const free = candidates.selected();
    if (grammar.allows(free)) return free;
    candidates.fill(logits);
    grammar.apply(candidates);
    this.#bindings.samplerApply(this.#chain, candidates.header);
    return candidates.selected();
  }

  /** Draws again where `refused` holds a trigger and behind it what the grammar forbids. */
  #sampleOther(grammar: GrammarSampler, index: number, refused: number): number {
    const logits = this.#model.logits(index);
    const candidates = CandidateArray.shared(logits.length);
    const banned = [refused];
    for (;;) {
      candidates.fill(logits);
      for (const token of banned) candidates.ban(token);
      this.#bindings.samplerApply(this.#chain, candidates.header);
      const token = candidates.selected();
      // Each round bans one more, and at the latest the end of the answer is accepted.
      if (banned.includes(token) || grammar.accept(token)) {
        this.#bindings.samplerAccept(this.#chain, token);
        return token;
      }
      banned.push(token);
    }
  }
}

function packBiases(biases: GenerateRequest['logitBias']): Buffer {
  const packed = Buffer.alloc(8 * biases.length);
  for (const [at, [token, bias]] of biases.entries()) {
    const added = bias <= -strongestBias ? banningBias : bias >= strongestBias ? forcingBias : bias;
    packed.writeInt32LE(token, 8 * at);
    packed.writeFloatLE(added, 8 * at + 4);
  }
  return packed;
}
