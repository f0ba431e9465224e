/** Finds whole JSON objects in a text that comes character by character; brackets in strings don't count. */

export interface ClosedBracket {
  /** The object that has just ended, when it is JSON. */
  readonly object: Readonly<Record<string, unknown>> | undefined;
  /** Nothing is open any more: the list around the objects has ended too. */
  readonly isOutermost: boolean;
}

export class JsonObjectScanner {
  #braces = 0;
  #brackets = 0;
  #isInString = false;
  #isEscaped = false;
  #text: string[] = [];

  /** Something is returned where an outermost object or the list around it ends. */
  push(character: string): ClosedBracket | undefined {
    if (this.#braces > 0 || character === '{') this.#text.push(character);
    if (this.#isEscaped || character === '\\') {
      this.#isEscaped = !this.#isEscaped;
      return undefined;
    }
    if (character === '"') this.#isInString = !this.#isInString;
    if (this.#isInString) return undefined;
    if (character === '{') this.#braces += 1;
    if (this.#braces === 0) return this.#pushBracket(character);
    if (character !== '}') return undefined;
    this.#braces -= 1;
    return this.#braces === 0 ? this.#closeObject() : undefined;
  }

  /** Brackets outside of objects. */
  #pushBracket(character: string): ClosedBracket | undefined {
    if (character === '[') this.#brackets += 1;
    if (character !== ']' || this.#brackets === 0) return undefined;
    this.#brackets -= 1;
    return this.#brackets === 0 ? { object: undefined, isOutermost: true } : undefined;
  }

  #closeObject(): ClosedBracket {
    const text = this.#text.join('');
    this.#text = [];
    return { object: parsedObject(text), isOutermost: this.#brackets === 0 };
  }
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined; // braces around something else than JSON; the text stays text
  }
}
