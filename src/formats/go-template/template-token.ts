/** What the lexer hands to the parser. */
export type TokenKind =
  | 'text'
  | 'leftDelimiter'
  | 'rightDelimiter'
  | 'space'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'dot'
  | 'nil'
  | 'bool'
  | 'number'
  | 'character'
  | 'string'
  | 'rawString'
  | 'leftParenthesis'
  | 'rightParenthesis'
  | 'pipe'
  | 'declare'
  | 'assign'
  | 'other'
  | 'keyword'
  | 'error'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; for `error` its message. */
  readonly text: string;
  /** Offset in the source, in UTF-16 units. */
  readonly position: number;
  /** From 1. */
  readonly line: number;
}

/** How Go names a token in a parse error. */
export function describeToken(token: Token): string {
  if (token.kind === 'end') return 'EOF';
  if (token.kind === 'error') return token.text;
  if (token.kind === 'keyword' || token.kind === 'dot' || token.kind === 'nil') return `<${token.text}>`;
  if (Buffer.byteLength(token.text) > 10) return `${JSON.stringify(Array.from(token.text).slice(0, 10).join(''))}...`;
  return JSON.stringify(token.text);
}
