/**
 * The grammar of one answer. It holds from the first token, or from where a trigger appears in free text: then it is fed what the text
 * holds from the trigger on.
 */
import type { GenerateRequest } from '../engine/runner-protocol.ts';
import type { GrammarConstraint } from './grammar-constraint.ts';
import type { Model } from './model.ts';
import type { TokenSet } from './token-table.ts';
import { TriggerWatch } from './trigger-watch.ts';

export class AnswerGrammar {
  readonly #model: Model;
  readonly #grammar: string;
  readonly #visible: ReadonlySet<number>;
  readonly #watch: TriggerWatch | undefined;
  readonly #repeats: boolean;
  /** undefined = the text is free. */
  #constraint: GrammarConstraint | undefined;

  /** `visible`: control tokens that stand for their text in the answer. Throws `invalid_format` when the grammar does not parse. */
  constructor(
    model: Model,
    { grammar, grammarStart }: Pick<GenerateRequest, 'grammar' | 'grammarStart'>,
    visible: ReadonlySet<number>,
  ) {
    this.#model = model;
    this.#grammar = grammar;
    this.#visible = visible;
    this.#watch = grammarStart && new TriggerWatch(grammarStart.triggers);
    this.#repeats = grammarStart?.repeats ?? false;
    const constraint = this.#begin();
    this.#constraint = grammarStart === undefined ? constraint : undefined;
  }

  /** Goes on behind `token`; false, and nothing has changed, where it is not allowed, or begins what is not. */
  take(token: number): boolean {
    if (this.#constraint === undefined) return this.#takeFree(token);
    if (!this.#constraint.take(token)) return false;
    this.#endIfComplete(this.#constraint);
    return true;
  }

  /** The tokens that may come next; undefined in free text, where nearly all may. */
  allowed(): TokenSet | undefined {
    return this.#constraint?.allowed();
  }

  #begin(): GrammarConstraint {
    return this.#model.constraints.begin(this.#grammar, this.#visible);
  }

  #takeFree(token: number): boolean {
    const { vocabulary } = this.#model;
    if (this.#watch === undefined || vocabulary.isEndOfGeneration(token)) return true;
    const piece = vocabulary.spelling(token, this.#visible.has(token));
    const text = this.#watch.found(piece);
    if (text === undefined) {
      this.#watch.push(piece);
      return true;
    }
    const constraint = this.#begin();
    if (!constraint.takeText(text)) return false;
    this.#constraint = constraint;
    this.#endIfComplete(constraint);
    return true;
  }

  /** Text of a grammar that repeats never goes on behind an end. */
  #endIfComplete(constraint: GrammarConstraint): void {
    if (!this.#repeats || !constraint.mayEnd) return;
    this.#constraint = undefined;
    this.#watch?.restart();
  }
}
