import { GrammarMatcher } from './grammar-matcher.ts';
import { parseGbnf } from './parse-gbnf.ts';
import type { GrammarPlace } from './partial-character.ts';

/** Where `text`, byte by byte, leads in `matcher`; undefined where it is not allowed. */
export function placeAfter(matcher: GrammarMatcher, text: string | Uint8Array): GrammarPlace | undefined {
  let place: GrammarPlace | undefined = matcher.start;
  for (const byte of Buffer.from(text)) {
    matcher.renewWork();
    place = place?.afterByte(byte);
  }
  return place;
}

export function matchesGrammar(grammar: string, text: string): boolean {
  return placeAfter(new GrammarMatcher(parseGbnf(grammar)), text)?.mayEnd ?? false;
}
