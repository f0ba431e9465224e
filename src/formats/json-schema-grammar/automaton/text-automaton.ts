/**
 * What all restrictions of a text are brought to: patterns, formats, lengths, number ranges, forbidden names. Each is a deterministic
 * automaton that makes its states when they are first asked for; `buildStateTable` runs several at once, which is how "this pattern
 * and at most 20 characters" becomes one grammar rule that says exactly that.
 */
import type { CodePointSet } from './code-point-set.ts';

export interface TextAutomaton {
  /** The character sets it tells apart; two characters in the same of these sets behave alike in every state. */
  readonly sets: readonly CodePointSet[];
  readonly start: number;
  /** The state after `codePoint`, or `deadState`. */
  step(state: number, codePoint: number): number;
  accepts(state: number): boolean;
}

/** From here no text is accepted. */
export const deadState = -1;

/** Does the automaton accept the whole of `text`? */
export function acceptsText(automaton: TextAutomaton, text: string): boolean {
  let state = automaton.start;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    // A surrogate on its own is no character of any set; no output of the engine can hold one.
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) return false;
    state = automaton.step(state, codePoint);
    if (state === deadState) return false;
  }
  return automaton.accepts(state);
}

/** Texts of `least` to `most` code points, which is how JSON Schema counts length. */
export function lengthAutomaton(least: number, most: number): TextAutomaton {
  return {
    sets: [],
    start: 0,
    step: (state) => (state >= most ? deadState : most === Infinity ? Math.min(state + 1, least) : state + 1),
    accepts: (state) => state >= least,
  };
}

/** Every text except `names`. */
export function otherTextAutomaton(names: Iterable<string>): TextAutomaton {
  const nodes: Map<number, number>[] = [new Map()];
  const ends = new Set<number>();
  const characters = new Set<number>();
  for (const name of names) {
    let node = 0;
    for (const character of name) {
      const codePoint = character.codePointAt(0) ?? 0;
      characters.add(codePoint);
      let next = nodes[node]?.get(codePoint);
      if (next === undefined) {
        next = nodes.length;
        nodes.push(new Map());
        nodes[node]?.set(codePoint, next);
      }
      node = next;
    }
    ends.add(node);
  }
  const differs = nodes.length; // the text has left every name: whatever follows, it is none of them
  return {
    sets: [...characters].map((codePoint) => [[codePoint, codePoint]]),
    start: 0,
    step: (state, codePoint) => nodes[state]?.get(codePoint) ?? differs,
    accepts: (state) => !ends.has(state),
  };
}
