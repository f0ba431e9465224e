/**
 * Moore's algorithm: states are split by what they do until nothing splits further. It keeps grammars short enough to be read; since
 * it is quadratic, a large table (a counted repetition, which has nothing to merge anyway) stays as it is.
 */
import { codePointSet } from './code-point-set.ts';
import type { StateTable, TableState } from './state-table.ts';

const mostStates = 200;

export function mergeEqualStates(table: StateTable): StateTable {
  if (table.length > mostStates) return table;
  let blocks: number[] = table.map((state) => (state.accepts ? 1 : 0));
  for (let count = new Set(blocks).size; ;) {
    const numbers = new Map<string, number>();
    blocks = table.map((state, index) => {
      const key = `${blocks[index]}|${behaviour(state, blocks)}`;
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    });
    if (numbers.size === count) break;
    count = numbers.size;
  }
  // Blocks are numbered in the order of their first states, so the start's block is the first.
  const first = new Map<number, TableState>();
  for (const [index, state] of table.entries()) {
    const block = blocks[index] ?? 0;
    if (!first.has(block)) first.set(block, state);
  }
  return [...first.values()].map((state) => ({ accepts: state.accepts, edges: edgesByBlock(state, blocks) }));
}

function behaviour(state: TableState, blocks: readonly number[]): string {
  const edges = edgesByBlock(state, blocks).sort((a, b) => a.target - b.target);
  return edges.map(({ target, set }) => `${target}:${set.join(';')}`).join('|');
}

function edgesByBlock(state: TableState, blocks: readonly number[]): TableState['edges'][number][] {
  const ranges = new Map<number, (readonly [number, number])[]>();
  for (const { target, set } of state.edges) {
    const block = blocks[target] ?? 0;
    ranges.set(block, [...(ranges.get(block) ?? []), ...set]);
  }
  return [...ranges].map(([target, set]) => ({ target, set: codePointSet(set) }));
}
