/**
 * A radix tree over token ids: which prompts have been computed, and what is kept of their KV cells. Pure but for the values it is
 * given to keep. A conversation that goes on, ten questions about one document, a thousand chats with one system prompt: what they have in
 * common is one path, kept once.
 *
 * A node is a run of tokens; where two prompts part, it is split. What is kept with a node covers positions [from, end of the node): its
 * own run, or more where the nodes above keep nothing (too short to be worth it) or where a node was split after its cells were copied. Memory
 * that can't be cut keeps whole states (from 0), each good only at exactly its node's end.
 *
 * When bytes run out, leaves go first, by the rule of GreedyDual-Size-Frequency (Cherkasova, HP Labs 1998): least value first, where value is uses
 * times the cost of a byte's recomputation, and what is added later starts at the value that was last thrown away, so that old fame fades. A token
 * costs more the more come before it, since it attends to all of them.
 */
export interface Kept {
  /** First position that is covered. */
  readonly from: number;
  readonly bytes: number;
}

export interface Found<K extends Kept> {
  /** Tokens that can be had: all of them in `parts`. */
  readonly length: number;
  /** What covers them, in the order of positions; the ranges may overlap. */
  readonly parts: readonly FoundPart<K>[];
}

export interface FoundPart<K extends Kept> {
  readonly kept: K;
  /** End of the positions it covers; may be behind `Found.length`. */
  readonly to: number;
}

export interface TreeEntry<K extends Kept> extends Pick<Found<K>, 'parts'> {
  readonly key: string;
  readonly tokens: readonly number[];
  /** How often it was found, and once for its being added. */
  readonly uses: number;
}

interface Node<K extends Kept> {
  parent: Node<K> | undefined;
  tokens: readonly number[];
  /** Position of its first token. */
  start: number;
  readonly children: Map<number, Node<K>>;
  kept: K | undefined;
  uses: number;
  value: number;
}

/** So many tokens before it double a token's cost: about where attention takes as long as the weights in small models. */
const doublingTokens = 2048;

export class PrefixTree<K extends Kept> {
  readonly #mostBytes: number;
  /** Whether what is kept can be cut at any position. */
  readonly #cuttable: boolean;
  /** By what else decides what cells hold, besides tokens. */
  readonly #roots = new Map<string, Node<K>>();
  #bytes = 0;
  #inflation = 0;

  constructor(mostBytes: number, cuttable: boolean) {
    this.#mostBytes = mostBytes;
    this.#cuttable = cuttable;
  }

  /** Of everything kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The longest beginning of `tokens` that is kept, at most `most` tokens of it. Counts as a use. */
  find(key: string, tokens: readonly number[], most: number): Found<K> {
    const { node, length } = this.#walk(this.#root(key), tokens, most);
    for (let at: Node<K> | undefined = node; at !== undefined; at = at.parent) {
      const end = Math.min(length, endOf(at));
      if (end < endOf(at) && !this.#cuttable) continue;
      const parts = chain(at) ?? (this.#cuttable ? chainBelow(at) : undefined);
      if (parts === undefined) continue;
      this.#use(at);
      return { length: end, parts };
    }
    return { length: 0, parts: [] };
  }

  /** How many tokens of `tokens` the tree knows, whether or not anything is kept of them. */
  known(key: string, tokens: readonly number[]): number {
    return this.#walk(this.#root(key), tokens, tokens.length).length;
  }

  /**
   * Adds `tokens`. `keep` copies what covers positions [from, to), and is asked only for what the tree does not have, at most once for a new end and once where
   * a node is split; undefined = can't or not worth it.
   */
  add(key: string, tokens: readonly number[], keep: (from: number, to: number) => K | undefined): void {
    let { node, length } = this.#walk(this.#root(key), tokens, tokens.length);
    if (length < endOf(node)) {
      node = this.#split(node, length);
      this.#keep(node, keep);
    }
    if (length < tokens.length) {
      const leaf = this.#node(node, tokens.slice(length), length);
      node.children.set(leaf.tokens[0] ?? 0, leaf);
      node = leaf;
    }
    if (node.kept === undefined && node.parent !== undefined) this.#keep(node, keep);
    this.#prune(node);
    this.#evict();
  }

  /** Puts back what was kept elsewhere (on disk), as `add`, without asking anybody. */
  restore(key: string, tokens: readonly number[], kept: K): void {
    this.add(key, tokens, (_, to) => (to === tokens.length ? kept : undefined));
  }

  /** Everything kept that can be had, most valuable first, each with the tokens that lead to it and with all that covers them. */
  entries(): TreeEntry<K>[] {
    const found = [...this.#roots].flatMap(([key, root]) => nodesBelow(root).map((node) => ({ key, node })));
    return found
      .toSorted((a, b) => b.node.value - a.node.value)
      .flatMap(({ key, node }) => {
        const parts = node.kept === undefined ? undefined : chain(node);
        return parts === undefined ? [] : [{ key, tokens: pathOf(node), uses: node.uses, parts }];
      });
  }

  /** Throws away what turned out to be no good, and what is of no use without it. */
  forget(kept: K): void {
    const nodes = [...this.#roots.values()].flatMap(nodesBelow);
    const forgotten = nodes.find((node) => node.kept === kept);
    if (forgotten === undefined) return;
    this.#drop(forgotten);
    const below = nodesBelow(forgotten);
    for (const node of below) if (chain(node) === undefined) this.#drop(node);
    for (const node of [...below.toReversed(), forgotten]) this.#prune(node);
  }

  #root(key: string): Node<K> {
    const root = this.#roots.get(key) ?? this.#node(undefined, [], 0);
    this.#roots.set(key, root);
    return root;
  }

  #node(parent: Node<K> | undefined, tokens: readonly number[], start: number): Node<K> {
    return { parent, tokens, start, children: new Map(), kept: undefined, uses: 1, value: 0 };
  }

  /** The node in which the common path of `tokens` and the tree ends, and its length. */
  #walk(root: Node<K>, tokens: readonly number[], most: number): { node: Node<K>; length: number } {
    let node = root;
    let length = 0;
    for (;;) {
      const child = length < most ? node.children.get(tokens[length] ?? -1) : undefined;
      if (child === undefined) return { node, length };
      node = child;
      const end = Math.min(most, endOf(child));
      while (length < end && tokens[length] === child.tokens[length - child.start]) length++;
      if (length < endOf(child)) return { node, length };
    }
  }

  /** Cuts a node at a position inside it; returns the upper part. What was kept stays with the lower. */
  #split(node: Node<K>, at: number): Node<K> {
    const upper = this.#node(node.parent, node.tokens.slice(0, at - node.start), node.start);
    upper.uses = node.uses;
    node.parent?.children.set(upper.tokens[0] ?? 0, upper);
    node.tokens = node.tokens.slice(at - node.start);
    node.start = at;
    node.parent = upper;
    upper.children.set(node.tokens[0] ?? 0, node);
    return upper;
  }

  #keep(node: Node<K>, keep: (from: number, to: number) => K | undefined): void {
    const above = node.parent === undefined ? undefined : covered(node.parent);
    const kept = keep(this.#cuttable ? (above ?? 0) : 0, endOf(node));
    if (kept === undefined || kept.bytes > this.#mostBytes) return;
    node.kept = kept;
    this.#bytes += kept.bytes;
    this.#appraise(node);
  }

  #use(node: Node<K>): void {
    for (let at: Node<K> | undefined = node; at !== undefined; at = at.parent) {
      at.uses++;
      this.#appraise(at);
    }
  }

  #appraise(node: Node<K>): void {
    const middle = (node.start + endOf(node)) / 2;
    node.value = this.#inflation + node.uses * (1 + middle / doublingTokens);
  }

  #evict(): void {
    while (this.#bytes > this.#mostBytes) {
      const leaves = [...this.#roots.values()].flatMap(nodesBelow).filter(({ children }) => children.size === 0);
      // What takes no bytes here goes only to free what it continues.
      const worth = ({ value, kept }: Node<K>) => (kept?.bytes === 0 ? Infinity : value);
      const [least] = leaves.toSorted((a, b) => (worth(a) === worth(b) ? a.value - b.value : worth(a) - worth(b)));
      if (least === undefined) return;
      this.#inflation = Math.max(this.#inflation, least.value);
      this.#drop(least);
      this.#prune(least);
    }
  }

  #drop(node: Node<K>): void {
    this.#bytes -= node.kept?.bytes ?? 0;
    node.kept = undefined;
  }

  /** Removes a leaf that keeps nothing, and those above it that thereby become such. */
  #prune(node: Node<K>): void {
    let at = node;
    while (at.parent !== undefined && at.children.size === 0 && at.kept === undefined) {
      at.parent.children.delete(at.tokens[0] ?? 0);
      at = at.parent;
    }
  }
}

function endOf<K extends Kept>({ start, tokens }: Node<K>): number {
  return start + tokens.length;
}

/** What covers everything from 0 to the node's end, ascending; undefined where there is a gap. */
function chain<K extends Kept>(node: Node<K>): FoundPart<K>[] | undefined {
  const parts: FoundPart<K>[] = [];
  let needed = endOf(node);
  for (let at: Node<K> | undefined = node; needed > 0; at = at.parent) {
    if (at === undefined || endOf(at) < needed) return undefined;
    if (at.kept === undefined || at.kept.from >= needed) continue;
    parts.unshift({ kept: at.kept, to: endOf(at) });
    needed = at.kept.from;
  }
  return parts;
}

/** The same, of any node below: its cells hold the beginning too. */
function chainBelow<K extends Kept>(node: Node<K>): FoundPart<K>[] | undefined {
  if (node.parent === undefined) return undefined;
  for (const child of node.children.values()) {
    const parts = chain(child) ?? chainBelow(child);
    if (parts !== undefined) return parts;
  }
  return undefined;
}

/** The deepest position on the way to the node up to which everything is kept. */
function covered<K extends Kept>(node: Node<K>): number | undefined {
  for (let at: Node<K> | undefined = node; at !== undefined; at = at.parent) {
    if (at.kept !== undefined && chain(at) !== undefined) return endOf(at);
  }
  return undefined;
}

function nodesBelow<K extends Kept>(node: Node<K>): Node<K>[] {
  return [...node.children.values()].flatMap((child) => [child, ...nodesBelow(child)]);
}

function pathOf<K extends Kept>(node: Node<K>): number[] {
  const runs: (readonly number[])[] = [];
  for (let at: Node<K> | undefined = node; at !== undefined; at = at.parent) runs.unshift(at.tokens);
  return runs.flat();
}
