/**
 * Source text to tokens, by the rules of Go's text/template: text outside `{{ }}`, trim markers (`{{- ` and ` -}}` eat the
 * neighbouring blanks), comments, and inside an action words, strings, numbers and punctuation. Spaces inside an action are
 * tokens too, because the grammar tells `.a .b` from `.a.b`.
 *
 * The whole source is read in one go. A fault ends the list with one `error` token, so that the parser reports the first
 * problem in reading order, whichever of the two finds it.
 */
import type { Token, TokenKind } from './template-token.ts';

const keywords = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with']);

export function lexTemplate(source: string): readonly Token[] {
  return new TemplateLexer(source).run();
}

const isSpace = (character: string | undefined): boolean =>
  character === ' ' || character === '\t' || character === '\r' || character === '\n';

const wordCharacter = /[\p{L}\p{Nd}_]/u;

const numberShape =
  /[+-]?(?:0[xX][0-9a-fA-F_]*\.?[0-9a-fA-F_]*(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*\.?[0-7_]*|0[bB][01_]*\.?[01_]*|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]*)?)i?/y;

class TemplateLexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #position = 0;
  #line = 1;
  /** Up to where newlines have been counted. */
  #countedTo = 0;
  #openParentheses = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): readonly Token[] {
    while (this.#position < this.#source.length) {
      if (!this.#lexText() || !this.#lexAction()) return this.#tokens;
    }
    this.#emit('end', this.#position);
    return this.#tokens;
  }

  #emit(kind: TokenKind, start: number, text = this.#source.slice(start, this.#position)): true {
    this.#tokens.push({ kind, text, position: start, line: this.#lineAt(start) });
    return true;
  }

  #fail(message: string, start: number): false {
    this.#tokens.push({ kind: 'error', text: message, position: start, line: this.#lineAt(start) });
    return false;
  }

  #lineAt(position: number): number {
    for (let next = this.#source.indexOf('\n', this.#countedTo); next !== -1 && next < position;) {
      this.#line += 1;
      this.#countedTo = next + 1;
      next = this.#source.indexOf('\n', this.#countedTo);
    }
    return this.#line;
  }

  /** Text up to the next action, whose delimiter is consumed. False when the source has ended badly. */
  #lexText(): boolean {
    const start = this.#position;
    const open = this.#source.indexOf('{{', start);
    if (open === -1) {
      this.#position = this.#source.length;
      return this.#emit('text', start);
    }
    const trims = this.#source[open + 2] === '-' && isSpace(this.#source[open + 3]);
    let textEnd = open;
    if (trims) while (textEnd > start && isSpace(this.#source[textEnd - 1])) textEnd -= 1;
    this.#position = textEnd;
    if (textEnd > start) this.#emit('text', start);
    const afterMarker = open + (trims ? 4 : 2);
    if (this.#source.startsWith('/*', afterMarker)) return this.#skipComment(afterMarker);
    this.#position = open + 2;
    this.#emit('leftDelimiter', open);
    this.#position = afterMarker;
    this.#openParentheses = 0;
    return true;
  }

  #skipComment(start: number): boolean {
    const close = this.#source.indexOf('*/', start + 2);
    if (close === -1) return this.#fail('unclosed comment', start);
    this.#position = close + 2;
    if (!this.#skipRightDelimiter()) return this.#fail('comment ends before closing delimiter', start);
    return true;
  }

  #trimsRightHere(position = this.#position): boolean {
    return isSpace(this.#source[position]) && this.#source.startsWith('-}}', position + 1);
  }

  /** Consumes `}}` or ` -}}` and, after the latter, blanks. */
  #skipRightDelimiter(): boolean {
    if (this.#trimsRightHere()) {
      this.#position += 4;
      while (isSpace(this.#source[this.#position])) this.#position += 1;
      return true;
    }
    if (!this.#source.startsWith('}}', this.#position)) return false;
    this.#position += 2;
    return true;
  }

  /** Everything up to and with the right delimiter. */
  #lexAction(): boolean {
    const before = this.#tokens.at(-1);
    if (before === undefined || before.kind !== 'leftDelimiter') return true;
    for (;;) {
      const start = this.#position;
      const trims = this.#trimsRightHere();
      if (trims || this.#source.startsWith('}}', start)) {
        if (this.#openParentheses > 0) return this.#fail('unclosed left paren', start);
        this.#skipRightDelimiter();
        return this.#emit('rightDelimiter', trims ? start + 2 : start, '}}');
      }
      if (!this.#lexInside(start)) return false;
    }
  }

  #lexInside(start: number): boolean {
    const point = this.#source.codePointAt(start);
    if (point === undefined) return this.#fail('unclosed action', start);
    const character = String.fromCodePoint(point);
    if (isSpace(character)) return this.#lexSpaces(start);
    this.#position += character.length;
    switch (character) {
      case '=':
        return this.#emit('assign', start);
      case ':':
        if (this.#source[this.#position] !== '=') return this.#fail('expected :=', start);
        this.#position += 1;
        return this.#emit('declare', start);
      case '|':
        return this.#emit('pipe', start);
      case '"':
        return this.#lexQuoted('"', 'string', 'unterminated quoted string', start);
      case "'":
        return this.#lexQuoted("'", 'character', 'unterminated character constant', start);
      case '`':
        return this.#lexRawString(start);
      case '(':
        this.#openParentheses += 1;
        return this.#emit('leftParenthesis', start);
      case ')':
        this.#openParentheses -= 1;
        if (this.#openParentheses < 0) return this.#fail('unexpected right paren', start);
        return this.#emit('rightParenthesis', start);
      case '$':
        return this.#lexWord('variable', start);
      case '.':
        // At the very end Go takes a lone point for a number, and so calls it a bad one.
        if (!/[0-9]/.test(this.#source[this.#position] ?? '0')) return this.#lexWord('field', start);
        return this.#lexNumber(start);
      default:
        return this.#lexOther(character, point, start);
    }
  }

  #lexOther(character: string, point: number, start: number): boolean {
    if (/[0-9+-]/.test(character)) return this.#lexNumber(start);
    if (wordCharacter.test(character)) return this.#lexWord('identifier', start);
    if (point > 0x20 && point < 0x7f) return this.#emit('other', start);
    return this.#fail(`unrecognized character in action: ${describeCharacter(character)}`, start);
  }

  /** A run of blanks; the last of them stays when it belongs to a ` -}}`. */
  #lexSpaces(start: number): boolean {
    while (isSpace(this.#source[this.#position]) && !this.#trimsRightHere()) this.#position += 1;
    return this.#emit('space', start);
  }

  #skipWord(): void {
    for (;;) {
      const point = this.#source.codePointAt(this.#position);
      if (point === undefined) return;
      const character = String.fromCodePoint(point);
      if (!wordCharacter.test(character)) return;
      this.#position += character.length;
    }
  }

  #atTerminator(): boolean {
    const next = this.#source[this.#position];
    return (
      next === undefined || isSpace(next) || '.,|:)('.includes(next) || this.#source.startsWith('}}', this.#position)
    );
  }

  /** A field, a variable or a bare word; the first character is consumed. */
  #lexWord(kind: 'field' | 'variable' | 'identifier', start: number): boolean {
    this.#skipWord();
    if (!this.#atTerminator()) {
      const point = this.#source.codePointAt(this.#position) ?? 0xfffd;
      return this.#fail(`bad character ${describeCharacter(String.fromCodePoint(point))}`, start);
    }
    const word = this.#source.slice(start, this.#position);
    if (kind !== 'identifier') return this.#emit(word === '.' ? 'dot' : kind, start);
    if (word === 'nil') return this.#emit('nil', start);
    if (word === 'true' || word === 'false') return this.#emit('bool', start);
    return this.#emit(keywords.has(word) ? 'keyword' : 'identifier', start);
  }

  #lexQuoted(quote: string, kind: 'string' | 'character', unterminated: string, start: number): boolean {
    for (;;) {
      let next = this.#source[this.#position];
      this.#position += 1;
      if (next === quote) return this.#emit(kind, start);
      if (next === '\\') {
        next = this.#source[this.#position];
        this.#position += 1;
      }
      if (next === undefined || next === '\n') return this.#fail(unterminated, start);
    }
  }

  #lexRawString(start: number): boolean {
    const close = this.#source.indexOf('`', this.#position);
    if (close === -1) return this.#fail('unterminated raw quoted string', start);
    this.#position = close + 1;
    return this.#emit('rawString', start);
  }

  /** Takes what looks like a number; whether it is one, the parser decides. */
  #lexNumber(start: number): boolean {
    this.#position = this.#skipNumber(start);
    const isSigned = /[+-]/.test(this.#source[this.#position] ?? '');
    // A second signed number would be the other half of a complex one, which no template needs.
    if (isSigned) this.#position = this.#skipNumber(this.#position);
    const point = this.#source.codePointAt(this.#position);
    const next = point === undefined ? '' : String.fromCodePoint(point);
    const isWord = wordCharacter.test(next);
    if (!isSigned && !isWord) return this.#emit('number', start);
    const shown = this.#source.slice(start, this.#position + (isWord ? next.length : 0));
    return this.#fail(`bad number syntax: ${JSON.stringify(shown)}`, start);
  }

  #skipNumber(start: number): number {
    numberShape.lastIndex = start;
    return start + (numberShape.exec(this.#source)?.[0].length ?? 0);
  }
}

/** Go's `%#U`: U+0041 'A'. */
function describeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character) ? `U+${code} '${character}'` : `U+${code}`;
}
