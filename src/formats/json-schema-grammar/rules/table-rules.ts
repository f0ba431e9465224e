/**
 * A table of states as grammar rules: one rule per state, except that a state with a single way in is written where it is reached, so
 * that a date reads as digits and dashes in one line. The table is deterministic, which keeps the engine at one reading of the text.
 */
import type { CodePointSet } from '../automaton/code-point-set.ts';
import type { StateTable, TableState } from '../automaton/state-table.ts';
import type { GrammarBuilder } from '../grammar/grammar-builder.ts';
import {
  characters,
  choice,
  emptyText,
  type GrammarExpression,
  nothingMatches,
  rule,
  sequence,
} from '../grammar/grammar-expression.ts';

export interface TableRulesOptions {
  readonly builder: GrammarBuilder;
  /** Goes into the rules' names. */
  readonly hint: string;
  readonly encoding: CharacterEncoding;
}

/** How the text's characters are written where it stands: inside a JSON string, for one, some are escapes. */
export interface CharacterEncoding {
  /** Of its own in one grammar. */
  readonly name: string;
  readonly encoded: (set: CodePointSet) => GrammarExpression;
}

export const asItIs: CharacterEncoding = { name: 'plain', encoded: characters };

/** The expression of the texts of `table`. */
export function tableRules(table: StateTable, options: TableRulesOptions): GrammarExpression {
  const { builder, hint } = options;
  const [start] = table;
  if (start === undefined) return nothingMatches;
  const waysIn = countWaysIn(table);
  const names = new Map<number, string>();
  const open: number[] = [];
  const nameOf = (state: number): string => {
    const known = names.get(state);
    if (known !== undefined) return known;
    const name = builder.reserve(hint);
    names.set(state, name);
    open.push(state);
    return name;
  };

  const follow = (set: CodePointSet, target: number): GrammarExpression => {
    const items = [encoded(set, options)];
    let at = target;
    for (let state = table[at]; state !== undefined; state = table[at]) {
      if (state.edges.length === 0) return sequence(...items);
      const [edge] = state.edges;
      if (edge === undefined || state.accepts || state.edges.length > 1 || waysIn[at] !== 1) break;
      items.push(encoded(edge.set, options));
      at = edge.target;
    }
    return sequence(...items, rule(nameOf(at)));
  };
  const body = (state: TableState): GrammarExpression => {
    const ways = state.edges.map((edge) => follow(edge.set, edge.target));
    return choice(state.accepts ? [...ways, emptyText] : ways);
  };

  const top = rule(nameOf(0));
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    builder.setRule(nameOf(state), body(table[state] ?? start));
  }
  return top;
}

function countWaysIn(table: StateTable): number[] {
  const counts: number[] = table.map((_, index) => (index === 0 ? 1 : 0));
  for (const { edges } of table) for (const { target } of edges) counts[target] = (counts[target] ?? 0) + 1;
  return counts;
}

/** A set that prints long (letters of every script) becomes a rule of its own, used wherever it occurs. */
function encoded(set: CodePointSet, { builder, encoding }: TableRulesOptions): GrammarExpression {
  return builder.shared(`characters ${encoding.name} ${set.join(';')}`, () => {
    const expression = encoding.encoded(set);
    const isShort = expression.kind === 'text' || (expression.kind === 'characters' && expression.set.length <= 8);
    return isShort ? expression : builder.define('set', expression);
  });
}
