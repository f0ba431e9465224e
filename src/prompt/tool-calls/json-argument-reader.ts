import type { ArgumentReader, ReadArguments } from './tool-call-syntax.ts';

/** Arguments that are written as JSON: passed on as they are, up to the brace that closes them. */
export class JsonArgumentReader implements ArgumentReader {
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  read(text: string): ReadArguments {
    const end = this.#find(text);
    return { json: text.slice(0, end), rest: end === undefined ? undefined : text.slice(end) };
  }

  /** The index behind the object's end; undefined when it goes on. */
  #find(text: string): number | undefined {
    for (let index = 0; index < text.length; index += 1) {
      const character = text[index];
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isInString) {
        if (character === '\\') this.#isEscaped = true;
        else if (character === '"') this.#isInString = false;
      } else if (character === '"') this.#isInString = true;
      else if (character === '{') this.#depth += 1;
      else if (character === '}') {
        this.#depth -= 1;
        if (this.#depth === 0) return index + 1;
      }
    }
    return undefined;
  }
}
