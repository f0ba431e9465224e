/**
 * Finds where the first JSON value of a text ends, or says what is wrong with it in the words of Go's decoder, which clients of
 * Ollama know. Only used where `JSON.parse` has refused the whole text, so it may be slow; it never recurses.
 */
import { CorralError } from '../core/corral-error.ts';

// Go takes 10,000, where whatever walks the value here by recursion runs out of stack. Real requests nest about ten deep (schemas).
export const maxJsonDepth = 1_000;

const whitespace = /[ \t\r\n]*/y;
const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Index behind the first value of `text`. Throws `bad_request`. */
export function endOfFirstJsonValue(text: string): number {
  const open: ('{' | '[')[] = [];
  let at = skip(whitespace, text, 0);
  let state: 'value' | 'firstElement' | 'firstKey' | 'key' | 'after' = 'value';
  for (;;) {
    at = skip(whitespace, text, at);
    const next = text[at];
    if (next === undefined) throw unexpectedEnd();
    const inside = open.at(-1);
    if (state === 'after') {
      if (next === ',') state = inside === '{' ? 'key' : 'value';
      else if (next === (inside === '{' ? '}' : ']')) open.pop();
      else throw invalidCharacter(next, inside === '{' ? 'after object key:value pair' : 'after array element');
      at++;
    } else if (state === 'key' || (state === 'firstKey' && next !== '}')) {
      if (next !== '"') throw invalidCharacter(next, 'looking for beginning of object key string');
      at = skip(whitespace, text, endOfString(text, at));
      const colon = text[at];
      if (colon === undefined) throw unexpectedEnd();
      if (colon !== ':') throw invalidCharacter(colon, 'after object key');
      at++;
      state = 'value';
      continue;
    } else if (state === 'firstKey' || (state === 'firstElement' && next === ']')) {
      open.pop();
      at++;
    } else if (next === '{' || next === '[') {
      if (open.push(next) > maxJsonDepth) throw tooDeep();
      at++;
      state = next === '{' ? 'firstKey' : 'firstElement';
      continue;
    } else {
      at = endOfScalar(text, at);
    }
    if (open.length === 0) return at;
    if (next !== ',') state = 'after';
  }
}

export function tooDeep(): CorralError {
  return badJson('exceeded max depth');
}

function endOfScalar(text: string, at: number): number {
  const next = text[at] ?? '';
  if (next === '"') return endOfString(text, at);
  for (const literal of ['true', 'false', 'null']) {
    if (literal.startsWith(next)) return endOfLiteral(text, at, literal);
  }
  const end = skip(numberToken, text, at);
  if (end > at) {
    if (/[.eE]/.test(text[end] ?? '')) throw brokenNumber(text, end);
    return end;
  }
  if (next !== '-') throw invalidCharacter(next, 'looking for beginning of value');
  const digit = text[at + 1];
  throw digit === undefined ? unexpectedEnd() : invalidCharacter(digit, 'in numeric literal');
}

function brokenNumber(text: string, at: number): CorralError {
  const isFraction = text[at] === '.';
  const sign = !isFraction && /[+-]/.test(text[at + 1] ?? '') ? 1 : 0;
  const wrong = text[at + 1 + sign];
  if (wrong === undefined) return unexpectedEnd();
  return invalidCharacter(
    wrong,
    isFraction ? 'after decimal point in numeric literal' : 'in exponent of numeric literal',
  );
}

function endOfLiteral(text: string, at: number, literal: string): number {
  for (let index = 1; index < literal.length; index++) {
    const character = text[at + index];
    if (character === undefined) throw unexpectedEnd();
    if (character !== literal[index]) {
      throw invalidCharacter(character, `in literal ${literal} (expecting '${literal[index] ?? ''}')`);
    }
  }
  return at + literal.length;
}

function endOfString(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === '"') return index + 1;
    if (character < ' ') throw invalidCharacter(character, 'in string literal');
    if (character !== '\\') continue;
    const escape = text[++index];
    if (escape === undefined) break;
    if (!'"\\/bfnrtu'.includes(escape)) throw invalidCharacter(escape, 'in string escape code');
    if (escape !== 'u') continue;
    for (let digits = 0; digits < 4; digits++) {
      const digit = text[++index];
      if (digit === undefined) throw unexpectedEnd();
      if (!/[\da-fA-F]/.test(digit)) throw invalidCharacter(digit, String.raw`in \u hexadecimal character escape`);
    }
  }
  throw unexpectedEnd();
}

function skip(token: RegExp, text: string, at: number): number {
  token.lastIndex = at;
  return token.test(text) ? token.lastIndex : at;
}

function invalidCharacter(character: string, where: string): CorralError {
  // As Go quotes a character: a control character by its escape, a single quote too.
  const shown =
    character === "'" ? String.raw`'\''` : character === '"' ? `'"'` : `'${JSON.stringify(character).slice(1, -1)}'`;
  return badJson(`invalid character ${shown} ${where}`);
}

function unexpectedEnd(): CorralError {
  return badJson('unexpected EOF');
}

function badJson(message: string): CorralError {
  return new CorralError('bad_request', message, { hint: 'The request body must be one JSON object.' });
}
