/**
 * Several automata run side by side, written out as one table: the texts that all of them accept. States from which no text can be
 * completed are left out, since a model led into one could never finish.
 */
import { schemaLimits } from '../schema-limits.ts';
import { allCodePoints, type CodePointSet, codePointSet, hasCodePoint } from './code-point-set.ts';
import { mergeEqualStates } from './merge-equal-states.ts';
import { deadState, type TextAutomaton } from './text-automaton.ts';

export interface TableState {
  readonly accepts: boolean;
  /** One edge per target, their sets disjoint. */
  readonly edges: readonly { readonly set: CodePointSet; readonly target: number }[];
}

/** The states; the first one is the start. No states: no text is accepted. */
export type StateTable = readonly TableState[];

export interface StateTableOptions {
  /** Called with the steps of work about to be done; throws when there have been too many. */
  readonly spend: (steps: number) => void;
  readonly mostStates?: number;
}

/** The table of the texts that every one of `automata` accepts; undefined when it has more than `mostStates` states. */
export function buildStateTable(
  automata: readonly TextAutomaton[],
  options: StateTableOptions,
): StateTable | undefined {
  const { spend, mostStates = schemaLimits.automatonStates } = options;
  const classes = characterClasses(
    automata.flatMap((automaton) => automaton.sets),
    spend,
  );
  const numbers = new Map<string, number>();
  const found: (readonly number[])[] = [];
  const numberOf = (states: readonly number[]): number => {
    const key = states.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, found.length);
    return found.push(states) - 1;
  };

  const table: { accepts: boolean; targets: number[] }[] = [];
  numberOf(automata.map((automaton) => automaton.start));
  for (let index = 0; index < found.length; index++) {
    // States that lead nowhere are found too and dropped below; a few times the limit leaves room for them.
    if (found.length > mostStates * 4) return undefined;
    const states = found[index] ?? [];
    spend(classes.length * automata.length + 1);
    const targets = classes.map(({ example }) => {
      const next = automata.map((automaton, position) => automaton.step(states[position] ?? deadState, example));
      return next.includes(deadState) ? deadState : numberOf(next);
    });
    const accepts = automata.every((automaton, position) => automaton.accepts(states[position] ?? deadState));
    table.push({ accepts, targets });
  }
  const live = finishingStates(table);
  if (live.size > mostStates) return undefined;
  return mergeEqualStates(joinEdges(table, live, classes));
}

/** A table as an automaton again, to be run beside others: it has only states that lead somewhere, and equal ones are one. */
export function tableAutomaton(table: StateTable): TextAutomaton {
  return {
    sets: table.flatMap((state) => state.edges.map((edge) => edge.set)),
    start: 0,
    step: (state, codePoint) =>
      table[state]?.edges.find((edge) => hasCodePoint(edge.set, codePoint))?.target ?? deadState,
    accepts: (state) => table[state]?.accepts ?? false,
  };
}

interface CharacterClass {
  readonly set: CodePointSet;
  readonly example: number;
}

/** The coarsest division of all characters such that each of `sets` is a union of its parts. */
function characterClasses(sets: readonly CodePointSet[], spend: (steps: number) => void): CharacterClass[] {
  const distinct = [...new Map(sets.map((set) => [set.join(';'), set])).values()];
  const edges = new Set<number>([0, 0xe000]);
  for (const [first, last] of distinct.flat()) edges.add(first).add(last + 1);
  const starts = [...edges].filter((edge) => edge <= 0x10ffff).sort((a, b) => a - b);
  spend(starts.length * (distinct.length + 1));

  const ranges = new Map<string, [number, number][]>();
  for (const [index, first] of starts.entries()) {
    if (!hasCodePoint(allCodePoints, first)) continue;
    const last = (starts[index + 1] ?? 0x110000) - 1;
    const key = distinct.map((set) => (hasCodePoint(set, first) ? '1' : '0')).join('');
    const same = ranges.get(key);
    if (same === undefined) ranges.set(key, [[first, last]]);
    else same.push([first, last]);
  }
  return [...ranges.values()].map((set) => ({ set: codePointSet(set), example: set[0]?.[0] ?? 0 }));
}

/** The states from which an accepting one can be reached. */
function finishingStates(table: readonly { accepts: boolean; targets: readonly number[] }[]): Set<number> {
  const sources = new Map<number, number[]>();
  for (const [state, { targets }] of table.entries()) {
    for (const target of new Set(targets)) {
      const known = sources.get(target);
      if (known === undefined) sources.set(target, [state]);
      else known.push(state);
    }
  }
  const open = [...table.keys()].filter((state) => table[state]?.accepts);
  const live = new Set(open);
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const source of sources.get(state) ?? []) {
      if (live.has(source)) continue;
      live.add(source);
      open.push(source);
    }
  }
  return live;
}

function joinEdges(
  table: readonly { accepts: boolean; targets: readonly number[] }[],
  live: ReadonlySet<number>,
  classes: readonly CharacterClass[],
): TableState[] {
  if (!live.has(0)) return [];
  const renumbered = new Map([...live].sort((a, b) => a - b).map((state, index) => [state, index]));
  return [...renumbered.keys()].map((state) => {
    const row = table[state];
    const ranges = new Map<number, (readonly [number, number])[]>();
    for (const [index, target] of (row?.targets ?? []).entries()) {
      const number = renumbered.get(target);
      if (number === undefined) continue;
      ranges.set(number, [...(ranges.get(number) ?? []), ...(classes[index]?.set ?? [])]);
    }
    const edges = [...ranges].map(([target, set]) => ({ target, set: codePointSet(set) }));
    return { accepts: row?.accepts ?? false, edges };
  });
}
