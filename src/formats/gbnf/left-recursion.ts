/**
 * Finds a rule that can reach itself before it has read a character: following it would never end. llama.cpp looks for the same, but
 * misses rules that are empty by way of others, and takes exponential time where rules share their beginnings.
 *
 * A rule whose last element is itself (what a repetition becomes) does no harm, since nothing piles up behind it.
 */
import type { GbnfSequence } from './gbnf-grammar.ts';

type Rules = readonly (readonly GbnfSequence[])[];

/** The number of such a rule; undefined when there is none. */
export function findLeftRecursion(rules: Rules): number | undefined {
  const nullable = emptyRules(rules);
  const firsts = rules.map((sequences, rule) => firstRules(rule, sequences, nullable));
  const states: ('new' | 'open' | 'done')[] = rules.map(() => 'new');
  for (const start of rules.keys()) {
    // The way from `start` to here, with the number of the next branch of each; a deep chain of rules must not exhaust the stack.
    const way = [{ rule: start, branch: 0 }];
    if (states[start] !== 'new') continue;
    states[start] = 'open';
    for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
      const next = firsts[step.rule]?.[step.branch++];
      if (next === undefined) {
        states[step.rule] = 'done';
        way.pop();
      } else if (states[next] === 'open') return next;
      else if (states[next] === 'new') {
        states[next] = 'open';
        way.push({ rule: next, branch: 0 });
      }
    }
  }
  return undefined;
}

/** The rules that `rule` may begin with. */
function firstRules(
  rule: number,
  sequences: readonly GbnfSequence[],
  nullable: ReadonlySet<number>,
): readonly number[] {
  const found = new Set<number>();
  for (const sequence of sequences) {
    for (const [index, element] of sequence.entries()) {
      if (typeof element !== 'number') break;
      if (element !== rule || index < sequence.length - 1) found.add(element);
      if (!nullable.has(element)) break;
    }
  }
  return [...found];
}

/** The rules that match the empty text, also by way of others. */
function emptyRules(rules: Rules): ReadonlySet<number> {
  const nullable = new Set<number>();
  /** By rule, the sequences that use it and how many of their elements are not known to be empty yet. */
  const users = new Map<number, { readonly owner: number; missing: number }[]>();
  const open: number[] = [];
  for (const [owner, sequences] of rules.entries()) {
    for (const sequence of sequences) {
      if (sequence.some((element) => typeof element !== 'number')) continue;
      const use = { owner, missing: sequence.length };
      if (sequence.length === 0) open.push(owner);
      for (const element of sequence) {
        if (typeof element !== 'number') continue;
        const known = users.get(element);
        if (known === undefined) users.set(element, [use]);
        else known.push(use);
      }
    }
  }
  for (let rule = open.pop(); rule !== undefined; rule = open.pop()) {
    if (nullable.has(rule)) continue;
    nullable.add(rule);
    for (const use of users.get(rule) ?? []) if (--use.missing === 0) open.push(use.owner);
  }
  return nullable;
}
