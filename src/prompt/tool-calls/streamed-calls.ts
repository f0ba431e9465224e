/**
 * Gives out the arguments of tool calls while they are written. Another parser goes on deciding what the answer holds; this one watches the
 * same text for the head of a call and passes on what follows, as the JSON of the arguments, up to their end.
 *
 * What has been passed on can't be taken back, so this is only for answers whose calls a grammar keeps well-formed. A call that the answer's
 * end cuts off stays cut off; its text does not come back as content.
 */
import type { Tool } from '../chat-message.ts';
import type { AnswerParser, AnswerPiece, ToolCallDelta } from '../prompt-format.ts';
import { JsonArgumentReader } from './json-argument-reader.ts';
import type { ArgumentReader, CallHeads } from './tool-call-syntax.ts';

/** Longest head of a call that is recognised, with a name of any sensible length; a call with a longer one is passed on whole. */
const mostHeadLength = 4096;

interface OpenCall {
  readonly index: number;
  readonly id: string;
  readonly name: string;
}

export interface StreamCallsOptions {
  readonly heads: CallHeads;
  /** All tools of the request. */
  readonly tools: readonly Tool[];
  readonly newCallId: () => string;
}

export function streamCalls(inner: AnswerParser, options: StreamCallsOptions): AnswerParser {
  return new CallStreamer(inner, options);
}

class CallStreamer implements AnswerParser {
  readonly #inner: AnswerParser;
  readonly #options: StreamCallsOptions;
  /** Text since the last arguments ended, as far as it may hold a head. */
  #before = '';
  #isAtStart = true;
  #open: OpenCall | undefined;
  #reader: ArgumentReader = new JsonArgumentReader();
  readonly #ids: string[] = [];
  /** Calls that the other parser has read. */
  #confirmed = 0;

  constructor(inner: AnswerParser, options: StreamCallsOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  push(text: string): AnswerPiece[] {
    const pieces = this.#inner.push(text);
    const deltas = this.#follow(text);
    if (deltas.length === 0) return this.#named(pieces);
    const firstCall = pieces.findIndex((piece) => piece.toolCalls !== undefined);
    const at = firstCall < 0 ? pieces.length : firstCall;
    return this.#named([...pieces.slice(0, at), { toolCallDeltas: deltas }, ...pieces.slice(at)]);
  }

  end(): AnswerPiece[] {
    const pieces = this.#named(this.#inner.end());
    return this.#confirmed < this.#ids.length ? pieces.filter((piece) => piece.content === undefined) : pieces;
  }

  /** The other parser's calls under the ids that went out with their deltas. */
  #named(pieces: readonly AnswerPiece[]): AnswerPiece[] {
    return pieces.map((piece) => {
      if (piece.toolCalls === undefined) return piece;
      const toolCalls = piece.toolCalls.map((call) => ({ ...call, id: this.#ids[this.#confirmed++] ?? call.id }));
      return { ...piece, toolCalls };
    });
  }

  #follow(text: string): ToolCallDelta[] {
    const deltas: ToolCallDelta[] = [];
    for (let rest = text; rest !== '';) {
      const isFirst = this.#open === undefined;
      if (isFirst) rest = this.#seek(rest);
      if (this.#open === undefined) break;
      const read = this.#reader.read(rest);
      if (isFirst || read.json !== '') deltas.push({ ...this.#open, isFirst, argumentsText: read.json });
      if (read.rest === undefined) break;
      rest = read.rest;
      this.#open = undefined;
      this.#isAtStart = true;
    }
    return deltas;
  }

  /** Opens the call whose head is complete with `text`; gives what stands behind the head. */
  #seek(text: string): string {
    const { heads, tools, newCallId } = this.#options;
    const { first, next, onlyAtStart, toolName } = heads;
    const before = this.#before + text;
    const following = this.#ids.length > 0 && this.#isAtStart ? next?.exec(before) : undefined;
    const match = following ?? (onlyAtStart && !this.#isAtStart ? undefined : first.exec(before));
    if (!match) {
      if (before.length > mostHeadLength) this.#isAtStart = false;
      this.#before = before.slice(-mostHeadLength);
      return '';
    }
    this.#before = '';
    const id = newCallId();
    const written = nameIn(match.groups ?? {});
    this.#open = { index: this.#ids.length, id, name: toolName?.(written, tools) ?? written };
    this.#ids.push(id);
    this.#reader = heads.reader?.(this.#open.name, tools) ?? new JsonArgumentReader();
    return before.slice(match.index + match[0].length);
  }
}

function nameIn({ json, plain, other }: Readonly<Record<string, string | undefined>>): string {
  return json === undefined ? (plain ?? other ?? '') : (JSON.parse(json) as string);
}
