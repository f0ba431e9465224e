/**
 * Tool calls in the answer of a model with a Go template. All that is known of the model's way of writing them is the tag its
 * template puts before one. After the tag: the first whole JSON object is a call of the declared tool that is named in it
 * or before it. Where the tag is `{` or `[`, only an answer that begins with it can hold calls.
 *
 * The text is judged character by character, so the result can't depend on how it was cut into pushes. What was held back and
 * turned out to be no call comes back as content.
 */
import type { Tool, ToolCall } from './chat-message.ts';
import { callArguments, calledTool } from './go-template-call-object.ts';
import { JsonObjectScanner } from './go-template-object-scanner.ts';
import type { AnswerParser, AnswerPiece } from './prompt-format.ts';

export interface GoTemplateToolParserOptions {
  readonly tag: string;
  /** At least one. */
  readonly tools: readonly Tool[];
  readonly newCallId: () => string;
}

export function createGoTemplateToolParser(options: GoTemplateToolParserOptions): AnswerParser {
  return new GoTemplateToolParser(options);
}

class GoTemplateToolParser implements AnswerParser {
  readonly #tag: string;
  readonly #opensWithTag: boolean;
  readonly #toolNames: readonly string[];
  readonly #newCallId: () => string;
  #state: 'seeking' | 'calling' | 'content' = 'seeking';
  /** While seeking: what may become the tag. While calling: everything since the last call. */
  #held = '';
  #scanner = new JsonObjectScanner();
  /** No tool is named in `#held` before here. */
  #searchFrom = 0;
  #callCount = 0;

  constructor({ tag, tools, newCallId }: GoTemplateToolParserOptions) {
    this.#tag = tag;
    this.#opensWithTag = tag === '{' || tag === '[';
    this.#toolNames = tools.map((tool) => tool.function.name).filter((name) => name !== '');
    this.#newCallId = newCallId;
  }

  push(text: string): AnswerPiece[] {
    const pieces: AnswerPiece[] = [];
    const emit = (content: string): void => {
      if (content !== '') pieces.push({ content });
    };
    let rest = text;
    if (this.#state === 'seeking') rest = this.#seek(rest, emit);
    if (this.#state === 'calling') rest = this.#read(rest, pieces);
    emit(rest);
    return pieces;
  }

  end(): AnswerPiece[] {
    // Behind a call there is only the closing tag; without one the text was no call and belongs to the reader.
    const content = this.#callCount === 0 ? this.#held : '';
    this.#held = '';
    return content === '' ? [] : [{ content }];
  }

  /** Emits what can't belong to the tag; gives what comes after it. */
  #seek(text: string, emit: (content: string) => void): string {
    if (this.#opensWithTag) return this.#seekAtStart(text, emit);
    const seen = this.#held + text;
    const found = seen.indexOf(this.#tag);
    if (found !== -1) {
      emit(seen.slice(0, found));
      this.#held = this.#tag;
      this.#searchFrom = this.#tag.length;
      this.#state = 'calling';
      return seen.slice(found + this.#tag.length);
    }
    let overlap = Math.min(seen.length, this.#tag.length - 1);
    while (overlap > 0 && !seen.endsWith(this.#tag.slice(0, overlap))) overlap -= 1;
    emit(seen.slice(0, seen.length - overlap));
    this.#held = seen.slice(seen.length - overlap);
    return '';
  }

  #seekAtStart(text: string, emit: (content: string) => void): string {
    const start = text.search(/\S/);
    if (start === -1) {
      emit(text);
      return '';
    }
    this.#state = text[start] === this.#tag ? 'calling' : 'content';
    emit(text.slice(0, start));
    return text.slice(start);
  }

  /** Reads calls; gives the text behind if it turns out to be content. */
  #read(text: string, pieces: AnswerPiece[]): string {
    for (let index = 0; index < text.length; index += 1) {
      const character = text[index] ?? '';
      this.#held += character;
      const closed = this.#scanner.push(character);
      if (closed === undefined) continue;
      const call = closed.object && this.#takeCall(closed.object);
      if (call !== undefined) pieces.push({ toolCalls: [call] });
      else if (this.#opensWithTag && closed.isOutermost && this.#callCount === 0) {
        pieces.push({ content: this.#held });
        this.#held = '';
        this.#state = 'content';
        return text.slice(index + 1);
      }
    }
    return '';
  }

  #takeCall(object: Readonly<Record<string, unknown>>): ToolCall | undefined {
    const name = calledTool(this.#held.slice(this.#searchFrom), object, this.#toolNames);
    if (name === undefined) {
      const longest = Math.max(...this.#toolNames.map((known) => known.length), 1);
      this.#searchFrom = Math.max(this.#searchFrom, this.#held.length - longest);
      return undefined;
    }
    this.#held = '';
    this.#searchFrom = 0;
    this.#callCount += 1;
    return { id: this.#newCallId(), name, arguments: callArguments(object, name) };
  }
}
