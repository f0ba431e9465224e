/**
 * Makes JSON of arguments between marks while they are written. A string goes out as it comes, but for what may be the beginning of its end;
 * another value goes out when it has ended. Only for texts that a grammar keeps well-formed (marked-value-syntax.ts).
 */
import type { Tool } from '../chat-message.ts';
import { isRecord } from './call-from-json.ts';
import { isPlainText } from './notation/plain-text.ts';
import type { ArgumentReader, ReadArguments } from './tool-call-syntax.ts';

export interface ArgumentMarks {
  readonly beforeKey: string;
  readonly afterKey: string;
  readonly valueEnd: string;
  /** Ends all arguments. */
  readonly end: string;
}

type State = 'between' | 'key' | 'text' | 'value' | 'over';

export class MarkedArgumentReader implements ArgumentReader {
  readonly #marks: ArgumentMarks;
  readonly #properties: Readonly<Record<string, unknown>>;
  #state: State = 'between';
  #pending = '';
  /** What has been made of the arguments so far, in one word: how the next member is joined to it. */
  #joint = '{';
  #json = '';

  constructor(marks: ArgumentMarks, toolName: string, tools: readonly Tool[]) {
    this.#marks = marks;
    const tool = tools.find((candidate) => candidate.function.name === toolName);
    const properties = tool?.function.parameters?.['properties'];
    this.#properties = isRecord(properties) ? properties : {};
  }

  read(text: string): ReadArguments {
    this.#pending += text;
    this.#json = '';
    while (this.#step());
    return { json: this.#json, rest: this.#state === 'over' ? this.#pending : undefined };
  }

  /** Takes what is decided; false when more must come, or nothing more is to come. */
  #step(): boolean {
    switch (this.#state) {
      case 'between':
        return this.#takeEnd() || this.#enterKey();
      case 'key':
        return this.#takeKey();
      case 'text':
        return this.#takeText();
      case 'value':
        return this.#takeValue();
      case 'over':
        break;
    }
    return false;
  }

  #takeKey(): boolean {
    const key = this.#takeUntil(this.#marks.afterKey);
    if (key === undefined) return false;
    const isText = Object.hasOwn(this.#properties, key) && isPlainText(this.#properties[key]);
    this.#json += `${this.#joint}${JSON.stringify(key)}:${isText ? '"' : ''}`;
    this.#joint = ',';
    this.#state = isText ? 'text' : 'value';
    return true;
  }

  #takeText(): boolean {
    const { valueEnd } = this.#marks;
    const rest = this.#takeUntil(valueEnd);
    this.#json += escaped(rest ?? this.#takeDecided(valueEnd));
    if (rest === undefined) return false;
    this.#json += '"';
    this.#state = 'between';
    return true;
  }

  #takeValue(): boolean {
    const value = this.#takeUntil(this.#marks.valueEnd);
    if (value === undefined) return false;
    this.#json += isJson(value) ? value : JSON.stringify(value);
    this.#state = 'between';
    return true;
  }

  #takeEnd(): boolean {
    const { end, beforeKey } = this.#marks;
    const at = this.#pending.indexOf(end);
    const key = this.#pending.indexOf(beforeKey);
    if (at < 0 || (key >= 0 && key < at)) return false;
    this.#pending = this.#pending.slice(at + end.length);
    this.#json += this.#joint === '{' ? '{}' : '}';
    this.#state = 'over';
    return true;
  }

  #enterKey(): boolean {
    if (this.#takeUntil(this.#marks.beforeKey) === undefined) return false;
    this.#state = 'key';
    return true;
  }

  /** The text before `mark`, which goes too; undefined as long as it has not come. */
  #takeUntil(mark: string): string | undefined {
    const at = this.#pending.indexOf(mark);
    if (at < 0) return undefined;
    const before = this.#pending.slice(0, at);
    this.#pending = this.#pending.slice(at + mark.length);
    return before;
  }

  /** All that can't belong to `mark`; half a character waits as well. */
  #takeDecided(mark: string): string {
    let length = this.#pending.length;
    for (let held = Math.min(mark.length - 1, length); held > 0; held -= 1) {
      if (!this.#pending.endsWith(mark.slice(0, held))) continue;
      length -= held;
      break;
    }
    if (/[\ud800-\udbff]$/.test(this.#pending.slice(0, length))) length -= 1;
    const decided = this.#pending.slice(0, length);
    this.#pending = this.#pending.slice(length);
    return decided;
  }
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // a bare text
  }
}
