/**
 * Splits an answer as a family writes it: the text passes through stages (thinking, content, a call), and tags lead from one to the next. A
 * family is a table of stages; this walks it.
 *
 * Text flows out at once, but for what may still become a tag and for white space whose fate the next characters decide; so the result
 * doesn't depend on how the text was cut. A call that can't be read comes back as content, tags and all: Ollama ends such an answer with
 * an error or drops the call.
 */
import type { AnswerParser, AnswerPiece } from '../../prompt-format.ts';
import type { ParsedCall } from '../../tool-calls/tool-call-shape.ts';
import { HeldText } from './held-text.ts';

export interface StageExit<Name extends string> {
  readonly tag: string;
  readonly to: Name;
  /** White space behind the tag belongs to neither stage. */
  readonly skipsSpace?: boolean;
  /** White space before the tag stays, whatever the stage does before others. */
  readonly keepsSpace?: boolean;
}

/** White space at a text's end: `kept`, `cut` before an exit only, or `dropped` at the end of the answer too. */
export type EndSpace = 'kept' | 'cut' | 'dropped';

export type Stage<Name extends string> =
  /** Text that is given out, or thrown away, until a tag comes. */
  | {
      readonly kind: 'text';
      readonly gives: 'content' | 'thinking' | 'nothing';
      readonly endSpace: EndSpace;
      readonly exits: readonly StageExit<Name>[];
    }
  /** Decides by what comes first. */
  | {
      readonly kind: 'lead';
      readonly exits: readonly StageExit<Name>[];
      /** Whether white space may stand before the tag; and whether it goes when there is none. */
      readonly spaceBefore: 'none' | 'allowed' | 'dropped';
      readonly otherwise: Name;
    }
  /** Everything up to `close` is read at once. */
  | {
      readonly kind: 'block';
      readonly open: string;
      readonly close: StageExit<Name>;
      /** Text of the block; `ended`: the answer ended before `close` came. undefined = not readable. */
      readonly read: (body: string, ended: boolean) => BlockResult<Name> | undefined;
    };

export interface BlockResult<Name extends string> {
  readonly calls: readonly ParsedCall[];
  /** Instead of what `close` says. */
  readonly to?: Name;
}

export interface StagedParserOptions<Name extends string> {
  readonly stages: Readonly<Record<Name, Stage<Name>>>;
  readonly start: Name;
  readonly newCallId: () => string;
}

/** Longer blocks come out as content. Real ones carry at most a file's text; a model that never closes one must not fill the memory. */
const maxBlockCharacters = 4 * 1024 * 1024;

export function createStagedParser<Name extends string>(options: StagedParserOptions<Name>): AnswerParser {
  return new StagedParser(options);
}

class StagedParser<Name extends string> implements AnswerParser {
  readonly #stages: Readonly<Record<Name, Stage<Name>>>;
  readonly #newCallId: () => string;
  readonly #held = new HeldText();
  #stage: Name;
  /** What has come of the block that is being read. */
  #block = '';
  #skipsSpace = false;
  #pieces: AnswerPiece[] = [];

  constructor({ stages, start, newCallId }: StagedParserOptions<Name>) {
    this.#stages = stages;
    this.#stage = start;
    this.#newCallId = newCallId;
  }

  push(text: string): AnswerPiece[] {
    this.#held.add(text);
    this.#walk(false);
    return this.#taken();
  }

  end(): AnswerPiece[] {
    this.#walk(true);
    return this.#taken();
  }

  #walk(ended: boolean): void {
    do {
      if (this.#skipsSpace && !this.#held.skipSpace() && !ended) return;
    } while (this.#step(ended));
  }

  /** One stage's work; true when another stage goes on. */
  #step(ended: boolean): boolean {
    this.#skipsSpace = false;
    const stage = this.#stages[this.#stage];
    if (stage.kind === 'text') {
      const { before, exit } = this.#held.takeUntil(stage.exits, { holdsSpace: stage.endSpace !== 'kept', ended });
      const cuts = exit !== undefined && stage.endSpace !== 'kept' && exit.keepsSpace !== true;
      const drops = exit === undefined && ended && stage.endSpace === 'dropped';
      this.#give(stage.gives, cuts || drops ? before.trimEnd() : before);
      return exit !== undefined && this.#go(exit);
    }
    if (stage.kind === 'lead') {
      const exit = this.#held.takeLead(stage.exits, { allowsSpace: stage.spaceBefore !== 'none', ended });
      if (exit === 'undecided') return false;
      if (exit !== undefined) return this.#go(exit);
      this.#stage = stage.otherwise;
      this.#skipsSpace = stage.spaceBefore === 'dropped';
      return true;
    }
    return this.#readBlock(stage, ended);
  }

  #readBlock(stage: Extract<Stage<Name>, { kind: 'block' }>, ended: boolean): boolean {
    const { before, exit } = this.#held.takeUntil([stage.close], { holdsSpace: false, ended });
    this.#block += before;
    const body = this.#block;
    const isTooLong = body.length > maxBlockCharacters;
    if (exit === undefined && !ended && !isTooLong) return false;
    this.#block = '';
    const result = isTooLong ? undefined : stage.read(body, exit === undefined);
    if (result === undefined) this.#give('content', stage.open + body + (exit?.tag ?? ''));
    for (const call of result?.calls ?? []) {
      this.#pieces.push({ toolCalls: [{ id: this.#newCallId(), ...call }] });
    }
    const next = exit ?? stage.close;
    return this.#go({ ...next, to: result?.to ?? next.to }) && (exit !== undefined || !ended);
  }

  #go({ to, skipsSpace = false }: StageExit<Name>): true {
    this.#stage = to;
    this.#skipsSpace = skipsSpace;
    return true;
  }

  #give(kind: 'content' | 'thinking' | 'nothing', text: string): void {
    if (text !== '' && kind !== 'nothing') this.#pieces.push({ [kind]: text });
  }

  #taken(): AnswerPiece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }
}
