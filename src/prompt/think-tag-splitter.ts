/**
 * Splits thinking from content. Thinking counts only where it opens the answer (or was opened by the prompt): a tag further down is
 * content, for a model may well write about tags. White space around the tags belongs to neither side. Text that may become a
 * tag is held back, all other text flows at once.
 */
import type { AnswerParser, AnswerPiece } from './prompt-format.ts';

export interface ThinkTagSplitterOptions {
  readonly open: string;
  readonly close: string;
  /** The prompt already ends with the opening tag. */
  readonly startsInside: boolean;
}

export function createThinkTagSplitter(options: ThinkTagSplitterOptions): AnswerParser {
  return new ThinkTagSplitter(options);
}

type State = 'before' | 'opened' | 'thinking' | 'closed' | 'content';

class ThinkTagSplitter implements AnswerParser {
  readonly #open: string;
  readonly #close: string;
  #state: State;
  #held = '';

  constructor({ open, close, startsInside }: ThinkTagSplitterOptions) {
    this.#open = open;
    this.#close = close;
    this.#state = startsInside ? 'opened' : 'before';
  }

  push(text: string): AnswerPiece[] {
    this.#held += text;
    const pieces: AnswerPiece[] = [];
    while (this.#step(pieces));
    return pieces;
  }

  end(): AnswerPiece[] {
    const held = this.#held;
    this.#held = '';
    if (held === '' || this.#state === 'closed') return [];
    if (this.#state === 'thinking') return [{ thinking: held }];
    if (this.#state === 'opened') return held.trim() === '' ? [] : [{ thinking: held.trimStart() }];
    return [{ content: held }];
  }

  /** One move; false when nothing more can be told from what is held. */
  #step(pieces: AnswerPiece[]): boolean {
    switch (this.#state) {
      case 'before': {
        const start = this.#held.trimStart();
        if (start.startsWith(this.#open)) return this.#go('opened', start.slice(this.#open.length));
        return this.#open.startsWith(start) ? false : this.#go('content', this.#held);
      }
      case 'opened': {
        const start = this.#held.trimStart();
        return start === '' ? this.#go('opened', '') : this.#go('thinking', start);
      }
      case 'thinking': {
        const close = this.#held.indexOf(this.#close);
        const end = close >= 0 ? close : partialTagIndex(this.#held, this.#close);
        if (end > 0) pieces.push({ thinking: this.#held.slice(0, end) });
        if (close >= 0) return this.#go('closed', this.#held.slice(close + this.#close.length));
        this.#held = this.#held.slice(end);
        return false;
      }
      case 'closed': {
        const start = this.#held.trimStart();
        return start === '' ? this.#go('closed', '') : this.#go('content', start);
      }
      case 'content':
        break;
    }
    if (this.#held !== '') pieces.push({ content: this.#held });
    this.#held = '';
    return false;
  }

  #go(state: State, held: string): boolean {
    const moved = state !== this.#state;
    this.#state = state;
    this.#held = held;
    return moved;
  }
}

/** Where a text's end that may become `tag` begins. */
function partialTagIndex(text: string, tag: string): number {
  for (let index = Math.max(0, text.length - tag.length + 1); index < text.length; index++) {
    if (tag.startsWith(text.slice(index))) return index;
  }
  return text.length;
}

/** A closing tag as most models were taught to write it: on a line of its own, an empty one before the answer. */
export function tagOnItsLine(close: string): string {
  return `\n${close}\n\n`;
}
