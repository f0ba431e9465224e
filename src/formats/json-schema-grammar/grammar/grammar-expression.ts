/** A grammar while it is being made: the right side of a rule as a tree, printed by `print-grammar.ts`. */
import type { CodePointSet } from '../automaton/code-point-set.ts';

export type GrammarExpression =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'characters'; readonly set: CodePointSet }
  | { readonly kind: 'sequence'; readonly items: readonly GrammarExpression[] }
  /** No options: nothing matches. `pruneGrammar` takes out what needs such a choice. */
  | { readonly kind: 'choice'; readonly options: readonly GrammarExpression[] }
  /** `most` may be Infinity. `item` never matches the empty text: the engine would take it for left recursion. */
  | { readonly kind: 'repeat'; readonly item: GrammarExpression; readonly least: number; readonly most: number }
  | { readonly kind: 'rule'; readonly name: string };

export const nothingMatches: GrammarExpression = { kind: 'choice', options: [] };
export const emptyText: GrammarExpression = { kind: 'sequence', items: [] };

export function text(content: string): GrammarExpression {
  return { kind: 'text', text: content };
}

/** One character of `members`, which lists single characters and ranges as in `a-z`. */
export function oneOf(...members: string[]): GrammarExpression {
  const set = members.map((member): [number, number] => {
    const first = member.codePointAt(0) ?? 0;
    return [first, member.length === 3 ? (member.codePointAt(2) ?? 0) : first];
  });
  return { kind: 'characters', set };
}

/** One character of `set`; one that is the only choice becomes text, which prints together with the text around it. */
export function characters(set: CodePointSet): GrammarExpression {
  const [range] = set;
  const isSingle = set.length === 1 && range !== undefined && range[0] === range[1];
  return isSingle ? text(String.fromCodePoint(range[0])) : { kind: 'characters', set };
}

export function rule(name: string): GrammarExpression {
  return { kind: 'rule', name };
}

export function sequence(...items: GrammarExpression[]): GrammarExpression {
  return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'sequence', items };
}

export function choice(options: readonly GrammarExpression[]): GrammarExpression {
  return options.length === 1 && options[0] !== undefined ? options[0] : { kind: 'choice', options };
}

export function optional(item: GrammarExpression): GrammarExpression {
  return { kind: 'repeat', item, least: 0, most: 1 };
}

export function anyNumberOf(item: GrammarExpression): GrammarExpression {
  return { kind: 'repeat', item, least: 0, most: Infinity };
}
