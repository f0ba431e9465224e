/** The part of an answer that has come and about which nothing is decided yet. */
import type { StageExit } from './staged-parser.ts';

interface Found<Name extends string> {
  readonly before: string;
  /** undefined = no tag has come whole; what may become one is held back. */
  readonly exit: StageExit<Name> | undefined;
}

export class HeldText {
  #text = '';

  add(text: string): void {
    this.#text += text;
  }

  /** Takes leading white space off; false when nothing is left. */
  skipSpace(): boolean {
    this.#text = this.#text.trimStart();
    return this.#text !== '';
  }

  /** The text before the first of the tags, which goes too; or all that can't belong to one. With `holdsSpace`, white space waits as well. */
  takeUntil<Name extends string>(
    exits: readonly StageExit<Name>[],
    { holdsSpace, ended }: { readonly holdsSpace: boolean; readonly ended: boolean },
  ): Found<Name> {
    const text = this.#text;
    let at = -1;
    let exit: StageExit<Name> | undefined;
    for (const candidate of exits) {
      const index = text.indexOf(candidate.tag);
      if (index < 0 || (at >= 0 && index >= at)) continue;
      at = index;
      exit = candidate;
    }
    if (exit !== undefined) {
      this.#text = text.slice(at + exit.tag.length);
      return { before: text.slice(0, at), exit };
    }
    const free = ended ? text : text.slice(0, undecidedIndex(text, exits));
    const before = holdsSpace && !ended ? free.trimEnd() : free;
    this.#text = text.slice(before.length);
    return { before, exit };
  }

  /** The tag that the text begins with, which goes; undefined when it begins with none of them. */
  takeLead<Name extends string>(
    exits: readonly StageExit<Name>[],
    { allowsSpace, ended }: { readonly allowsSpace: boolean; readonly ended: boolean },
  ): StageExit<Name> | 'undecided' | undefined {
    const start = allowsSpace ? this.#text.trimStart() : this.#text;
    const exit = exits.find(({ tag }) => start.startsWith(tag));
    if (exit !== undefined) {
      this.#text = start.slice(exit.tag.length);
      return exit;
    }
    return !ended && exits.some(({ tag }) => tag.startsWith(start)) ? 'undecided' : undefined;
  }
}

/** Where a text's longest end that may become a tag begins. */
function undecidedIndex(text: string, exits: readonly StageExit<string>[]): number {
  const longest = Math.max(0, ...exits.map(({ tag }) => tag.length));
  for (let index = Math.max(0, text.length - longest + 1); index < text.length; index += 1) {
    const tail = text.slice(index);
    if (exits.some(({ tag }) => tag.startsWith(tail))) return index;
  }
  return text.length;
}
