import { templateFailed } from './template-error.ts';
import { describeToken } from './template-token.ts';
import type { Token } from './template-token.ts';

/** A cursor over the tokens that raises parse errors with the line of the furthest token read, as Go does. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;
  #furthest = 0;
  /** The line where the action being parsed began, 0 outside actions. */
  actionLine = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  next(): Token {
    const token = this.peek();
    // The last token, `end` or `error`, stays: reading it again gives it again.
    if (this.#next < this.#tokens.length - 1) this.#next += 1;
    return token;
  }

  peek(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new Error('the token list is empty');
    this.#furthest = Math.max(this.#furthest, this.#next);
    return token;
  }

  peekAfterSpace(): Token {
    while (this.peek().kind === 'space') this.#next += 1;
    return this.peek();
  }

  nextAfterSpace(): Token {
    this.peekAfterSpace();
    return this.next();
  }

  mark(): number {
    return this.#next;
  }

  reset(mark: number): void {
    this.#next = mark;
  }

  fail(message: string): never {
    throw templateFailed(`template: :${this.#tokens[this.#furthest]?.line ?? 1}: ${message}`);
  }

  unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') return this.fail(`unexpected ${describeToken(token)} in ${context}`);
    if (this.actionLine === 0 || this.actionLine === token.line) return this.fail(token.text);
    const started = ` started at :${this.actionLine}`;
    return this.fail(`${token.text}${token.text.endsWith(' action') ? '' : ' in action'}${started}`);
  }

  expect(kind: Token['kind'], context: string): Token {
    const token = this.nextAfterSpace();
    return token.kind === kind ? token : this.unexpected(token, context);
  }

  isKeyword(token: Token, word: string): boolean {
    return token.kind === 'keyword' && token.text === word;
  }
}
