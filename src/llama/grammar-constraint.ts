/**
 * What a grammar allows an answer to go on with. A grammar read once serves later requests too, with all that has been found out about
 * its positions: a program asks with the same schema again and again.
 */
import { GrammarMatcher } from '../formats/gbnf/grammar-matcher.ts';
import { parseGbnf } from '../formats/gbnf/parse-gbnf.ts';
import type { GrammarPlace } from '../formats/gbnf/partial-character.ts';
import { type TokenSet, type TokenSource, TokenTable } from './token-table.ts';

/** Grammars kept for later requests. */
const mostGrammars = 8;
/** Sets of tokens kept for each; a set of a large vocabulary takes 32 KiB. */
const mostSets = 128;

export class GrammarConstraints {
  readonly #source: TokenSource;
  readonly #grammars = new Map<string, KnownGrammar>();
  #table: TokenTable | undefined;

  constructor(source: TokenSource) {
    this.#source = source;
  }

  /** The constraint of an answer that has not begun. Throws `invalid_format` when the grammar does not parse. */
  begin(grammar: string): GrammarConstraint {
    const known = this.#grammars.get(grammar) ?? new KnownGrammar(grammar);
    this.#grammars.delete(grammar);
    this.#grammars.set(grammar, known);
    const [oldest] = this.#grammars.keys();
    if (this.#grammars.size > mostGrammars && oldest !== undefined) this.#grammars.delete(oldest);
    return new GrammarConstraint(known, this.#source, () => (this.#table ??= new TokenTable(this.#source)));
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
  readonly #table: () => TokenTable;
  #place: GrammarPlace;

  constructor(grammar: KnownGrammar, source: TokenSource, table: () => TokenTable) {
    this.#grammar = grammar;
    this.#source = source;
    this.#table = table;
    this.#place = grammar.matcher.start;
  }

  /** Goes on behind `token`; false, and nothing has changed, where it is not allowed. */
  take(token: number): boolean {
    this.#grammar.matcher.renewWork();
    if (this.#source.isEndOfGeneration(token)) return this.#place.mayEnd;
    const spelling = this.#source.spelling(token);
    let place: GrammarPlace | undefined = spelling === '' ? undefined : this.#place;
    for (let index = 0; index < spelling.length; index++) place = place?.afterByte(spelling.charCodeAt(index));
    if (place === undefined) return false;
    this.#place = place;
    return true;
  }

  /** The tokens that may come next. */
  allowed(): TokenSet {
    this.#grammar.matcher.renewWork();
    return this.#grammar.allowed(this.#place, this.#table());
  }
}
