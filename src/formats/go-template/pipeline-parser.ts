/**
 * What stands inside an action: `$x, $y := command arg | command`, operands with their `.Field` chains, parentheses and
 * literals. Knows which variables are in scope, because Go refuses an unknown one while parsing.
 */
import { maxNesting } from './template-limits.ts';
import { parseCharacterLiteral, parseNumberLiteral, unquoteGo } from './template-literal.ts';
import type { CommandNode, OperandNode, PipeNode, VariableNode } from './template-node.ts';
import type { Token } from './template-token.ts';
import { nodeText } from './node-text.ts';
import type { TokenReader } from './token-reader.ts';

const operandStarts = new Set<Token['kind']>([
  'bool',
  'character',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParenthesis',
]);

export class PipelineParser {
  readonly #reader: TokenReader;
  readonly #functionNames: ReadonlySet<string>;
  #nesting = 0;
  /** Names in scope, `$` first. */
  variables: string[] = ['$'];

  constructor(reader: TokenReader, functionNames: ReadonlySet<string>) {
    this.#reader = reader;
    this.#functionNames = functionNames;
  }

  /** Runs `parse` one level deeper; blocks and parentheses share one limit because they share the stack. */
  nested<Result>(parse: () => Result): Result {
    if (this.#nesting >= maxNesting) this.#reader.fail('max expression depth exceeded');
    this.#nesting += 1;
    const result = parse();
    this.#nesting -= 1;
    return result;
  }

  parse(context: string, end: 'rightDelimiter' | 'rightParenthesis'): PipeNode {
    const { position } = this.#reader.peekAfterSpace();
    const { declarations, isAssignment } = this.#parseDeclarations(context);
    const commands: CommandNode[] = [];
    for (;;) {
      const mark = this.#reader.mark();
      const token = this.#reader.nextAfterSpace();
      if (token.kind === end) break;
      if (!operandStarts.has(token.kind)) return this.#reader.unexpected(token, context);
      this.#reader.reset(mark);
      commands.push(this.#parseCommand());
    }
    this.#checkCommands(commands, context);
    return { kind: 'pipe', position, declarations, isAssignment, commands };
  }

  #checkCommands(commands: readonly CommandNode[], context: string): void {
    if (commands.length === 0) this.#reader.fail(`missing value for ${context}`);
    for (const [index, command] of commands.entries()) {
      const first = command.operands[0]?.kind;
      if (index > 0 && first !== undefined && ['bool', 'dot', 'nil', 'number', 'string'].includes(first))
        this.#reader.fail(`non executable command in pipeline stage ${index + 1}`);
    }
  }

  #parseDeclarations(context: string): Pick<PipeNode, 'declarations' | 'isAssignment'> {
    const declarations: VariableNode[] = [];
    for (;;) {
      const token = this.#reader.peekAfterSpace();
      const mark = this.#reader.mark();
      if (token.kind !== 'variable') return { declarations, isAssignment: false };
      this.#reader.next();
      const following = this.#reader.peekAfterSpace();
      const isComma = following.kind === 'other' && following.text === ',';
      if (following.kind !== 'assign' && following.kind !== 'declare' && !isComma) {
        this.#reader.reset(mark);
        return { declarations, isAssignment: false };
      }
      this.#reader.next();
      declarations.push({ kind: 'variable', position: token.position, names: [token.text] });
      this.variables.push(token.text);
      if (!isComma) return { declarations, isAssignment: following.kind === 'assign' };
      if (context !== 'range' || declarations.length >= 2) this.#reader.fail(`too many declarations in ${context}`);
      if (!['variable', 'rightDelimiter', 'rightParenthesis'].includes(this.#reader.peekAfterSpace().kind))
        this.#reader.fail('range can only initialize variables');
    }
  }

  #parseCommand(): CommandNode {
    const { position } = this.#reader.peekAfterSpace();
    const operands: OperandNode[] = [];
    for (;;) {
      this.#reader.peekAfterSpace();
      const operand = this.#parseOperand();
      if (operand !== undefined) operands.push(operand);
      const mark = this.#reader.mark();
      const token = this.#reader.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'rightDelimiter' || token.kind === 'rightParenthesis') this.#reader.reset(mark);
      else if (token.kind !== 'pipe') this.#reader.unexpected(token, 'operand');
      if (operands.length === 0) this.#reader.fail('empty command');
      return { kind: 'command', position, operands };
    }
  }

  #parseOperand(): OperandNode | undefined {
    const base = this.#parseTerm();
    const { kind, position } = this.#reader.peek();
    if (base === undefined || kind !== 'field') return base;
    const names: string[] = [];
    while (this.#reader.peek().kind === 'field') names.push(this.#reader.next().text.slice(1));
    if (base.kind === 'field' || base.kind === 'variable')
      return { kind: base.kind, position, names: [...base.names, ...names] };
    if (base.kind === 'pipe' || base.kind === 'identifier' || base.kind === 'chain')
      return { kind: 'chain', position, base, names };
    return this.#reader.fail(`unexpected . after term ${JSON.stringify(nodeText(base))}`);
  }

  #parseTerm(): OperandNode | undefined {
    const mark = this.#reader.mark();
    const token = this.#reader.nextAfterSpace();
    const { kind, position, text } = token;
    if (kind === 'identifier') {
      if (!this.#functionNames.has(text)) this.#reader.fail(`function ${JSON.stringify(text)} not defined`);
      return { kind, position, name: text };
    }
    if (kind === 'dot' || kind === 'nil') return { kind, position };
    if (kind === 'variable') {
      if (!this.variables.includes(text)) this.#reader.fail(`undefined variable ${JSON.stringify(text)}`);
      return { kind, position, names: [text] };
    }
    if (kind === 'field') return { kind, position, names: [text.slice(1)] };
    if (kind === 'bool') return { kind, position, source: text, value: text === 'true' };
    if (kind === 'leftParenthesis') return this.nested(() => this.parse('parenthesized pipeline', 'rightParenthesis'));
    if (kind === 'character' || kind === 'number') return this.#number(token);
    if (kind === 'string' || kind === 'rawString')
      return { kind: 'string', position, source: text, value: this.unquote(token) };
    this.#reader.reset(mark);
    return undefined;
  }

  #number(token: Token): OperandNode {
    const literal = token.kind === 'character' ? parseCharacterLiteral(token.text) : parseNumberLiteral(token.text);
    if ('fault' in literal) return this.#reader.fail(literal.fault);
    return { kind: 'number', position: token.position, source: token.text, value: literal.value };
  }

  /** The text of a string token. */
  unquote(token: Token): string {
    return unquoteGo(token.text) ?? this.#reader.fail('invalid syntax');
  }
}
