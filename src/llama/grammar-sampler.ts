/**
 * A grammar over the engine's candidates. It holds from the first token, or from where a trigger appears in free text: then it is fed what the
 * text holds from the trigger on. The engine has such a lazy grammar too, but searches all of the text by regular expression at
 * every token, and once on it never goes off again.
 *
 * The engine aborts the process when it is given a token that its grammar does not allow, so nothing is accepted untested.
 */
import { CorralError } from '../core/corral-error.ts';
import type { GenerateRequest } from '../engine/runner-protocol.ts';
import type { Bindings } from './bindings.ts';
import { CandidateArray } from './candidate-array.ts';
import type { Model } from './model.ts';
import type { Pointer } from './structs.ts';
import { TriggerWatch } from './trigger-watch.ts';

export class GrammarSampler {
  readonly #bindings: Bindings;
  readonly #model: Model;
  readonly #native: Pointer;
  readonly #watch: TriggerWatch | undefined;
  readonly #repeats: boolean;
  #isOn: boolean;

  /** Throws `invalid_format` when the grammar does not parse. */
  constructor(bindings: Bindings, model: Model, { grammar, grammarStart }: GrammarRequest) {
    this.#bindings = bindings;
    this.#model = model;
    this.#native = parseGrammar(bindings, model, grammar);
    this.#watch = grammarStart && new TriggerWatch(grammarStart.triggers);
    this.#repeats = grammarStart?.repeats ?? false;
    this.#isOn = grammarStart === undefined;
  }

  /** Whether the next token must follow the grammar. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Takes the tokens that the grammar forbids out of the candidates. */
  apply(candidates: CandidateArray): void {
    this.#bindings.samplerApply(this.#native, candidates.header);
  }

  allows(token: number): boolean {
    const candidates = CandidateArray.shared(this.#model.vocabulary.size);
    candidates.single(token, 0);
    this.apply(candidates);
    return candidates.firstLogit() !== Number.NEGATIVE_INFINITY;
  }

  /** Takes in a token; false when it would begin what the grammar forbids, and another must be drawn. */
  accept(token: number): boolean {
    if (this.#isOn) this.#follow(token);
    else if (!this.#watchFor(token)) return false;
    return true;
  }

  free(): void {
    this.#bindings.samplerFree(this.#native);
  }

  #follow(token: number): void {
    this.#bindings.samplerAccept(this.#native, token);
    if (!this.#repeats || !this.#hasEnded()) return;
    this.#isOn = false;
    this.#watch?.restart();
  }

  #watchFor(token: number): boolean {
    const { vocabulary } = this.#model;
    if (this.#watch === undefined || vocabulary.isEndOfGeneration(token)) return true;
    const piece = vocabulary.piece(token, true).toString('latin1');
    const text = this.#watch.found(piece);
    const tokens = text === undefined ? undefined : this.#tokensOf(text);
    if (tokens === undefined) {
      this.#watch.push(piece);
      return true;
    }
    this.#bindings.samplerReset(this.#native);
    for (const each of tokens) {
      if (!this.allows(each)) return false;
      this.#bindings.samplerAccept(this.#native, each);
    }
    this.#isOn = true;
    if (this.#repeats && this.#hasEnded()) {
      this.#isOn = false;
      this.#watch.restart();
    }
    return true;
  }

  /** Tokens that together are exactly `text`; undefined where the vocabulary has none. Some tokenizers put a space before every text. */
  #tokensOf(text: string): readonly number[] | undefined {
    const { vocabulary } = this.#model;
    const bytes = Buffer.from(text, 'latin1');
    for (const before of ['', '\n']) {
      const tokens = [...vocabulary.tokenize(before + bytes.toString('utf8'), false)];
      for (; tokens.length > 0; tokens.shift()) {
        const pieces = Buffer.concat(tokens.map((token) => vocabulary.piece(token, true)));
        if (pieces.equals(bytes)) return tokens;
        if (pieces.length < bytes.length) break;
      }
    }
    return undefined;
  }

  /** The grammars that repeat are ones where no text goes on behind an end. */
  #hasEnded(): boolean {
    const { vocabulary } = this.#model;
    return vocabulary.has(vocabulary.endToken) && this.allows(vocabulary.endToken);
  }
}

type GrammarRequest = Pick<GenerateRequest, 'grammar' | 'grammarStart'>;

function parseGrammar(bindings: Bindings, model: Model, grammar: string): Pointer {
  const sampler = bindings.grammarSampler(model.vocabulary.handle, grammar, 'root');
  if (sampler === null) {
    throw new CorralError('invalid_format', 'the grammar made from the requested format was refused by the engine');
  }
  return sampler;
}
