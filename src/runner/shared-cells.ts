/**
 * Which leading cells several sequences hold together, so that they are counted once. The engine lets one cell belong to any number of sequences
 * and frees it with the last of them; it does not tell how many cells are in use. Pure.
 */
interface Span {
  /** Positions [from, to). */
  readonly from: number;
  readonly to: number;
  /** Two sequences or more. */
  readonly holders: ReadonlySet<number>;
}

export class SharedCells {
  #spans: Span[] = [];

  /** What counting every sequence's cells by itself counts too much, over the sequences of which `counts` is true. */
  surplus(counts: (sequence: number) => boolean = () => true): number {
    let surplus = 0;
    for (const { from, to, holders } of this.#spans) {
      let counted = 0;
      for (const holder of holders) if (counts(holder)) counted++;
      surplus += (to - from) * Math.max(0, counted - 1);
    }
    return surplus;
  }

  /** The first position behind all that the sequence shares. */
  sharedEnd(sequence: number): number {
    let end = 0;
    for (const { to, holders } of this.#spans) if (holders.has(sequence)) end = Math.max(end, to);
    return end;
  }

  /** How many of their first positions both sequences hold together. */
  commonWith(one: number, other: number): number {
    let end = 0;
    const common = this.#spans.filter(({ holders }) => holders.has(one) && holders.has(other));
    for (const span of common.toSorted((a, b) => a.from - b.from)) {
      if (span.from !== end) break;
      end = span.to;
    }
    return end;
  }

  /** `to`, which holds none of its own there, now holds positions [0, length) of `from` as well. */
  share(from: number, to: number, length: number): void {
    this.#splitAt(from, length);
    let covered = 0;
    const gaps: Span[] = [];
    const mine = this.#spans.filter(({ holders }) => holders.has(from)).toSorted((a, b) => a.from - b.from);
    for (const span of mine) {
      if (span.from >= length) break;
      if (span.from > covered) gaps.push({ from: covered, to: span.from, holders: new Set([from, to]) });
      covered = span.to;
    }
    if (covered < length) gaps.push({ from: covered, to: length, holders: new Set([from, to]) });
    this.#spans = this.#spans.map((span) =>
      span.holders.has(from) && span.to <= length ? { ...span, holders: new Set([...span.holders, to]) } : span,
    );
    this.#spans.push(...gaps);
  }

  /** The sequence drops positions [length, end). */
  cut(sequence: number, length: number): void {
    this.#splitAt(sequence, length);
    this.#spans = this.#spans
      .map((span) => {
        if (span.from < length || !span.holders.has(sequence)) return span;
        return { ...span, holders: new Set([...span.holders].filter((holder) => holder !== sequence)) };
      })
      .filter(({ holders }) => holders.size > 1);
  }

  #splitAt(sequence: number, position: number): void {
    this.#spans = this.#spans.flatMap((span) =>
      span.holders.has(sequence) && span.from < position && position < span.to
        ? [
            { ...span, to: position },
            { ...span, from: position },
          ]
        : [span],
    );
  }
}
