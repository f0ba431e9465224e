/**
 * Chooses the next token from logits, natively: a sampler chain per request in the order of Ollama's engine (biases, penalties,
 * top-k, typical, top-p, min-p, temperature, then a draw from what is left). Samplers that would change nothing are left out.
 *
 * With a grammar the chain samples freely first, and only its choice is tested; when the grammar refuses it, the chain samples again
 * from the tokens that are allowed. The grammar is followed here and not by the engine's own sampler, which takes milliseconds to test a
 * vocabulary, and which an ambiguous grammar makes fill the memory or end the process.
 */
import { randomInt } from 'node:crypto';
import { CorralError } from '../core/corral-error.ts';
import type { GenerateRequest } from '../engine/runner-protocol.ts';
import { AnswerGrammar } from './answer-grammar.ts';
import type { Bindings } from './bindings.ts';
import { CandidateArray } from './candidate-array.ts';
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
  readonly #grammar: AnswerGrammar | undefined;
  /** Whether the chain penalises tokens that it has been told of. */
  readonly #remembers: boolean;
  /** Whether the chain would choose the likeliest token of the logits as they are. */
  readonly #takesLikeliest: boolean;

  /** `promptTokens` count for the penalties; `visible` control tokens stand for their text in the answer. Throws `invalid_format` when the grammar does not parse. */
  constructor(
    bindings: Bindings,
    model: Model,
    request: SamplerRequest,
    promptTokens: readonly number[],
    contextTokens: number,
    visible: ReadonlySet<number>,
  ) {
    this.#bindings = bindings;
    this.#model = model;
    const { sampling: options, logitBias } = request;
    this.#grammar = request.grammar === '' ? undefined : new AnswerGrammar(model, request, visible);
    this.#chain = bindings.samplerChain({ no_perf: true });
    const add = (sampler: Pointer) => bindings.samplerAdd(this.#chain, sampler);
    const lastN = options.repeatLastN < 0 ? contextTokens : options.repeatLastN;
    if (logitBias.length > 0) {
      add(bindings.logitBiasSampler(model.vocabulary.size, logitBias.length, packBiases(logitBias)));
    }
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
    this.#takesLikeliest = options.temperature <= 0 && logitBias.length === 0 && !penalises;
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
    if (this.#grammar === undefined) return this.#sampleAndRemember(index);
    const free = this.#sampleFreely(index);
    const token = this.#grammar.take(free) ? free : this.#sampleOther(this.#grammar, index, free);
    if (this.#remembers) this.#bindings.samplerAccept(this.#chain, token);
    return token;
  }

  free(): void {
    this.#bindings.samplerFree(this.#chain);
  }

  #sampleAndRemember(index: number): number {
    if (this.#takesLikeliest) return this.#model.likeliest(index);
    return this.#bindings.samplerSample(this.#chain, this.#model.context, index);
  }

  /** A token that the chain has not been told of, should it remember tokens: it may be refused. */
  #sampleFreely(index: number): number {
    if (!this.#remembers) return this.#sampleAndRemember(index);
    const candidates = this.#filled(this.#model.logits(index));
    this.#bindings.samplerApply(this.#chain, candidates.header);
    return candidates.selected();
  }

  #sampleOther(grammar: AnswerGrammar, index: number, refused: number): number {
    const logits = this.#model.logits(index);
    const allowed = grammar.allowed();
    if (allowed === undefined) return this.#sampleWithout(grammar, logits, refused);
    const candidates = CandidateArray.shared(logits.length);
    if (candidates.fillAllowed(logits, allowed) === 0) throw nothingAllowed();
    this.#bindings.samplerApply(this.#chain, candidates.header);
    const token = candidates.selected();
    grammar.take(token);
    return token;
  }

  /** Draws again in free text, where `refused` holds a trigger and behind it what the grammar forbids. */
  #sampleWithout(grammar: AnswerGrammar, logits: Float32Array, refused: number): number {
    const banned = new Set([refused]);
    for (;;) {
      const candidates = this.#filled(logits);
      for (const token of banned) candidates.ban(token);
      this.#bindings.samplerApply(this.#chain, candidates.header);
      const token = candidates.selected();
      if (grammar.take(token)) return token;
      // Each round bans one more, and at the latest the end of the answer is accepted.
      if (banned.has(token)) throw nothingAllowed();
      banned.add(token);
    }
  }

  #filled(logits: Float32Array): CandidateArray {
    const candidates = CandidateArray.shared(logits.length);
    candidates.fill(logits);
    return candidates;
  }
}

function nothingAllowed(): CorralError {
  return new CorralError('invalid_format', 'the grammar of the format allows nothing more that the model can write');
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
