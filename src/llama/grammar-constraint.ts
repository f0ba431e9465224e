/**
 * What a grammar allows an answer to go on with. A grammar read once serves later requests too, with all that has been found out about
 * its positions: a program asks with the same schema again and again.
 */
import { GrammarMatcher } from '../formats/gbnf/grammar-matcher.ts';
import { parseGbnf } from '../formats/gbnf/parse-gbnf.ts';
import type { GrammarPlace } from '../formats/gbnf/partial-character.ts';
import { type TokenSet, type TokenSource, TokenTable, withTokens } from './token-table.ts';

/** Grammars kept for later requests. */
const mostGrammars = 8;
/** Sets of tokens kept for each; a set of a large vocabulary takes 32 KiB. */
const mostSets = 128;
const noTokens: ReadonlySet<number> = new Set();

export class GrammarConstraints {
  readonly #source: TokenSource;
  readonly #grammars = new Map<string, KnownGrammar>();
  #table: TokenTable | undefined;

  constructor(source: TokenSource) {
    this.#source = source;
  }

  /**
   * The constraint of an answer that has not begun. `visible`: control tokens that stand for their text; others are never allowed.
   * Throws `invalid_format` when the grammar does not parse.
   */
  begin(grammar: string, visible: ReadonlySet<number> = noTokens): GrammarConstraint {
    const known = this.#grammars.get(grammar) ?? new KnownGrammar(grammar);
    this.#grammars.delete(grammar);
    this.#grammars.set(grammar, known);
    const [oldest] = this.#grammars.keys();
    if (this.#grammars.size > mostGrammars && oldest !== undefined) this.#grammars.delete(oldest);
    return new GrammarConstraint(known, this.#source, visible, () => (this.#table ??= new TokenTable(this.#source)));
  }
}

class KnownGrammar {
  readonly matcher: GrammarMatcher;
  readonly #sets = new Map<GrammarPlace, TokenSet>();

  constructor(grammar: string) {
    this.matcher = new GrammarMatcher(parseGbnf(grammar));
  }

  allowed(place: GrammarPlace, table: TokenTable): TokenSet {
    const known = this.#sets.get(place);
    if (known !== undefined) return known;
    const made = table.allowed(place);
    const [oldest] = this.#sets.keys();
    if (this.#sets.size >= mostSets && oldest !== undefined) this.#sets.delete(oldest);
    this.#sets.set(place, made);
    return made;
  }
}

export class GrammarConstraint {
  readonly #grammar: KnownGrammar;
  readonly #source: TokenSource;
  readonly #visible: ReadonlySet<number>;
  readonly #table: () => TokenTable;
  #place: GrammarPlace;

  constructor(grammar: KnownGrammar, source: TokenSource, visible: ReadonlySet<number>, table: () => TokenTable) {
    this.#grammar = grammar;
    this.#source = source;
    this.#visible = visible;
    this.#table = table;
    this.#place = grammar.matcher.start;
  }

  /** Whether the answer may end here. */
  get mayEnd(): boolean {
    return this.#place.mayEnd;
  }

  /** Goes on behind `token`; false, and nothing has changed, where it is not allowed. */
  take(token: number): boolean {
    if (this.#source.isEndOfGeneration(token)) return this.#place.mayEnd;
    return this.takeText(this.#source.spelling(token, this.#visible.has(token)));
  }

  /** As `take`, for text that no single token holds; one character for each byte. */
  takeText(text: string): boolean {
    this.#grammar.matcher.renewWork();
    const place = this.#behind(text);
    if (place === undefined) return false;
    this.#place = place;
    return true;
  }

  /** The tokens that may come next. */
  allowed(): TokenSet {
    this.#grammar.matcher.renewWork();
    const allowed = this.#grammar.allowed(this.#place, this.#table());
    const visible = [...this.#visible].filter(
      (token) => this.#behind(this.#source.spelling(token, true)) !== undefined,
    );
    return visible.length === 0 ? allowed : withTokens(allowed, visible);
  }

  #behind(text: string): GrammarPlace | undefined {
    let place: GrammarPlace | undefined = text === '' ? undefined : this.#place;
    for (let index = 0; index < text.length; index++) place = place?.afterByte(text.charCodeAt(index));
    return place;
  }
}
