/**
 * Runs a regular expression as an automaton: Thompson's construction, its sets of nodes taken as states when first reached. The time
 * per character is bounded by the expression's size, so a hostile pattern cannot make it backtrack.
 *
 * JSON Schema searches: a pattern without anchors may match anywhere in the text. So a loop over any character stands before the
 * expression and another behind it; `^` passes only before the first character, `$` only at the end of the text.
 */
import { schemaLimits } from '../schema-limits.ts';
import { allCodePoints, type CodePointSet, hasCodePoint } from './code-point-set.ts';
import type { RegexNode } from './regex-node.ts';
import { deadState, type TextAutomaton } from './text-automaton.ts';

type Node =
  | { readonly kind: 'fork'; readonly next: number[] }
  | { readonly kind: 'characters'; readonly set: CodePointSet; readonly next: number }
  | { readonly kind: 'start' | 'end'; readonly next: number }
  | { readonly kind: 'match' };

export interface RegexAutomatonOptions {
  /** Makes the error that is thrown from a reason. */
  readonly refuse: (reason: string) => Error;
  /** Called with the steps of work about to be done; throws when there have been too many. */
  readonly spend: (steps: number) => void;
}

export function regexAutomaton(tree: RegexNode, options: RegexAutomatonOptions): TextAutomaton {
  return new RegexAutomaton(tree, options);
}

class RegexAutomaton implements TextAutomaton {
  readonly sets: readonly CodePointSet[];
  readonly start: number;
  readonly #nodes: Node[] = [];
  readonly #options: RegexAutomatonOptions;
  readonly #match: number;
  /** Per state: its nodes, whether it accepts, and the steps already known. */
  readonly #states: { nodes: readonly number[]; accepts: boolean; steps: Map<number, number> }[] = [];
  readonly #stateByNodes = new Map<string, number>();

  constructor(tree: RegexNode, options: RegexAutomatonOptions) {
    this.#options = options;
    this.#match = this.#add({ kind: 'match' });
    const entry: Node = { kind: 'fork', next: [] };
    const loop = this.#add(entry);
    entry.next.push(this.#build(tree, this.#match), this.#add({ kind: 'characters', set: allCodePoints, next: loop }));
    const sets = this.#nodes.flatMap((node) => (node.kind === 'characters' ? [node.set] : []));
    this.sets = [...new Map(sets.map((set) => [set.join(';'), set])).values()];
    this.start = this.#state(this.#reachable([loop], true), true);
  }

  step(state: number, codePoint: number): number {
    const from = this.#states[state];
    if (from === undefined) return deadState;
    const known = from.steps.get(codePoint);
    if (known !== undefined) return known;
    this.#options.spend(from.nodes.length);
    const seeds: number[] = [];
    for (const index of from.nodes) {
      const node = this.#nodes[index];
      if (node?.kind === 'match') seeds.push(index); // matched: anything may follow
      else if (node?.kind === 'characters' && hasCodePoint(node.set, codePoint)) seeds.push(node.next);
    }
    const next = seeds.length === 0 ? deadState : this.#state(this.#reachable(seeds, false), false);
    from.steps.set(codePoint, next);
    return next;
  }

  accepts(state: number): boolean {
    return this.#states[state]?.accepts ?? false;
  }

  /** Adds the nodes of `tree` in front of node `next`; the first of them. */
  #build(tree: RegexNode, next: number): number {
    switch (tree.kind) {
      case 'characters':
        return this.#add({ kind: 'characters', set: tree.set, next });
      case 'start':
      case 'end':
        return this.#add({ kind: tree.kind, next });
      case 'sequence':
        return tree.items.reduceRight((following, item) => this.#build(item, following), next);
      case 'choice':
        return this.#add({ kind: 'fork', next: tree.options.map((option) => this.#build(option, next)) });
      case 'repeat':
        break;
    }
    return this.#buildRepeat(tree, next);
  }

  #buildRepeat(tree: RegexNode & { readonly kind: 'repeat' }, next: number): number {
    let first = next;
    if (tree.most === Infinity) {
      const again: Node = { kind: 'fork', next: [next] };
      first = this.#add(again);
      again.next.push(this.#build(tree.item, first));
    } else {
      for (let count = tree.least; count < tree.most; count++) {
        this.#options.spend(1); // an empty item adds no node, so its repetitions are counted here
        first = this.#add({ kind: 'fork', next: [this.#build(tree.item, first), next] });
      }
    }
    for (let count = 0; count < tree.least; count++) {
      this.#options.spend(1);
      first = this.#build(tree.item, first);
    }
    return first;
  }

  #add(node: Node): number {
    if (this.#nodes.length >= schemaLimits.patternNodes) {
      throw this.#options.refuse('the regular expression is too large once its repetitions are counted out');
    }
    this.#options.spend(1);
    return this.#nodes.push(node) - 1;
  }

  /** The nodes that read a character, anchor to the end or match, reachable from `seeds` without reading. */
  #reachable(seeds: readonly number[], atStart: boolean, atEnd = false): Set<number> {
    const seen = new Set<number>();
    const found = new Set<number>();
    const open = [...seeds];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (seen.has(index)) continue;
      seen.add(index);
      const node = this.#nodes[index];
      if (node?.kind === 'fork') open.push(...node.next);
      else if (node?.kind === 'start') open.push(...(atStart ? [node.next] : []));
      else if (node?.kind === 'end' && atEnd) open.push(node.next);
      else found.add(index);
    }
    this.#options.spend(seen.size);
    return found;
  }

  #state(nodes: Set<number>, atStart: boolean): number {
    // Once matched, what else might still match is of no interest.
    const kept = nodes.has(this.#match) ? [this.#match] : [...nodes].sort((a, b) => a - b);
    const key = `${atStart ? '^' : ''}${kept.join()}`;
    const known = this.#stateByNodes.get(key);
    if (known !== undefined) return known;
    const accepts = this.#reachable(kept, atStart, true).has(this.#match);
    const state = this.#states.push({ nodes: kept, accepts, steps: new Map() }) - 1;
    this.#stateByNodes.set(key, state);
    return state;
  }
}
