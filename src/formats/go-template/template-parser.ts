/**
 * Tokens to syntax trees, by the grammar of Go's text/template with Go's messages. One source gives one main tree and one
 * tree for each `define` and `block`.
 */
import { PipelineParser } from './pipeline-parser.ts';
import { lexTemplate } from './template-lexer.ts';
import { maxSourceCharacters } from './template-limits.ts';
import { templateFailed } from './template-error.ts';
import type { BranchNode, InvokeNode, ListNode, StatementNode } from './template-node.ts';
import { TokenReader } from './token-reader.ts';
import type { Token } from './template-token.ts';

export interface TemplateTrees {
  readonly root: ListNode;
  /** By name; without the root. */
  readonly definitions: ReadonlyMap<string, ListNode>;
}

/** Throws `template_failed` with Go's text. */
export function parseTemplateTrees(source: string, functionNames: ReadonlySet<string>): TemplateTrees {
  if (source.length > maxSourceCharacters)
    throw templateFailed(`template: : source is longer than ${maxSourceCharacters} characters`);
  return new TemplateParser(source, functionNames).run();
}

/** What ends a list of statements. */
type Terminator = 'end' | 'else';

class TemplateParser {
  readonly #reader: TokenReader;
  readonly #pipelines: PipelineParser;
  readonly #definitions = new Map<string, ListNode>();
  #rangeDepth = 0;

  constructor(source: string, functionNames: ReadonlySet<string>) {
    this.#reader = new TokenReader(lexTemplate(source));
    this.#pipelines = new PipelineParser(this.#reader, functionNames);
  }

  run(): TemplateTrees {
    const { position } = this.#reader.peek();
    const nodes: StatementNode[] = [];
    while (this.#reader.peek().kind !== 'end') {
      if (this.#parseDefinition()) continue;
      const node = this.#parseStatement();
      if (typeof node === 'string') this.#reader.fail(`unexpected {{${node}}}`);
      else nodes.push(node);
    }
    return { root: { kind: 'list', position, nodes }, definitions: this.#definitions };
  }

  /** `{{define "name"}} ... {{end}}`, if that is what comes next. */
  #parseDefinition(): boolean {
    const mark = this.#reader.mark();
    if (this.#reader.next().kind !== 'leftDelimiter' || !this.#isKeyword(this.#reader.nextAfterSpace(), 'define')) {
      this.#reader.reset(mark);
      return false;
    }
    const name = this.#parseName('define clause');
    this.#reader.expect('rightDelimiter', 'define clause');
    this.#define(name, 'define clause');
    return true;
  }

  /** The body up to its `end`, with a scope of its own. */
  #define(name: string, context: string): void {
    const outer = { variables: this.#pipelines.variables, rangeDepth: this.#rangeDepth };
    this.#pipelines.variables = ['$'];
    this.#rangeDepth = 0;
    const [body, terminator] = this.#pipelines.nested(() => this.#parseList());
    if (terminator !== 'end') this.#reader.fail(`unexpected {{${terminator}}} in ${context}`);
    this.#pipelines.variables = outer.variables;
    this.#rangeDepth = outer.rangeDepth;
    const existing = this.#definitions.get(name);
    if (existing === undefined || isEmpty(existing)) this.#definitions.set(name, body);
    else if (!isEmpty(body)) this.#reader.fail(`template: multiple definition of template ${JSON.stringify(name)}`);
  }

  #isKeyword(token: Token, word: string): boolean {
    return this.#reader.isKeyword(token, word);
  }

  #parseName(context: string): string {
    const token = this.#reader.nextAfterSpace();
    if (token.kind !== 'string' && token.kind !== 'rawString') return this.#reader.unexpected(token, context);
    return this.#pipelines.unquote(token);
  }

  #parseList(): [ListNode, Terminator] {
    const { position } = this.#reader.peekAfterSpace();
    const nodes: StatementNode[] = [];
    while (this.#reader.peekAfterSpace().kind !== 'end') {
      const node = this.#parseStatement();
      if (typeof node === 'string') return [{ kind: 'list', position, nodes }, node];
      nodes.push(node);
    }
    return this.#reader.fail('unexpected EOF');
  }

  #parseStatement(): StatementNode | Terminator {
    const token = this.#reader.nextAfterSpace();
    if (token.kind === 'text') return { kind: 'text', position: token.position, text: token.text };
    if (token.kind !== 'leftDelimiter') return this.#reader.unexpected(token, 'input');
    this.#reader.actionLine = token.line;
    const node = this.#parseAction();
    this.#reader.actionLine = 0;
    return node;
  }

  #parseAction(): StatementNode | Terminator {
    const token = this.#reader.peekAfterSpace();
    const mark = this.#reader.mark();
    this.#reader.next();
    switch (token.kind === 'keyword' ? token.text : '') {
      case 'if':
        return this.#parseBranch('if');
      case 'with':
        return this.#parseBranch('with');
      case 'range':
        return this.#parseBranch('range');
      case 'break':
        return this.#parseLoopControl('break', token.position);
      case 'continue':
        return this.#parseLoopControl('continue', token.position);
      case 'end':
        this.#reader.expect('rightDelimiter', 'end');
        return 'end';
      case 'else':
        return this.#parseElse();
      case 'block':
        return this.#parseBlock();
      case 'template':
        return this.#parseInvoke();
      default: {
        this.#reader.reset(mark);
        const pipe = this.#pipelines.parse('command', 'rightDelimiter');
        return { kind: 'action', position: token.position, pipe };
      }
    }
  }

  #parseLoopControl(kind: 'break' | 'continue', position: number): StatementNode {
    this.#reader.expect('rightDelimiter', `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#reader.fail(`{{${kind}}} outside {{range}}`);
    return { kind, position };
  }

  /** Leaves a following `if` or `with` for the branch that asked. */
  #parseElse(): Terminator {
    const token = this.#reader.peekAfterSpace();
    if (!this.#isKeyword(token, 'if') && !this.#isKeyword(token, 'with')) this.#reader.expect('rightDelimiter', 'else');
    return 'else';
  }

  #parseBranch(kind: BranchNode['kind']): BranchNode {
    return this.#pipelines.nested(() => {
      const scope = this.#pipelines.variables.length;
      const pipe = this.#pipelines.parse(kind, 'rightDelimiter');
      if (kind === 'range') this.#rangeDepth += 1;
      const [list, terminator] = this.#parseList();
      if (kind === 'range') this.#rangeDepth -= 1;
      const elseList = terminator === 'else' ? this.#parseElseList(kind) : undefined;
      this.#pipelines.variables.length = scope;
      return { kind, position: pipe.position, pipe, list, elseList };
    });
  }

  #parseElseList(kind: BranchNode['kind']): ListNode {
    const token = this.#reader.peek();
    if (kind !== 'range' && this.#isKeyword(token, kind)) {
      // `else if` is an `if` inside the else, and shares its `end`.
      this.#reader.next();
      return { kind: 'list', position: token.position, nodes: [this.#parseBranch(kind)] };
    }
    const [list, terminator] = this.#parseList();
    if (terminator !== 'end') this.#reader.fail(`expected end; found {{${terminator}}}`);
    return list;
  }

  #parseBlock(): InvokeNode {
    const { position } = this.#reader.peekAfterSpace();
    const name = this.#parseName('block clause');
    const pipe = this.#pipelines.parse('block clause', 'rightDelimiter');
    this.#define(name, 'block clause');
    return { kind: 'template', position, name, pipe };
  }

  #parseInvoke(): InvokeNode {
    const { position } = this.#reader.peekAfterSpace();
    const name = this.#parseName('template clause');
    const hasPipe = this.#reader.peekAfterSpace().kind !== 'rightDelimiter';
    if (!hasPipe) this.#reader.next();
    const pipe = hasPipe ? this.#pipelines.parse('template clause', 'rightDelimiter') : undefined;
    return { kind: 'template', position, name, pipe };
  }
}

/** Nothing but blanks: such a definition may be replaced. */
const isEmpty = (list: ListNode): boolean =>
  list.nodes.every((node) => (node.kind === 'text' ? node.text.trim() === '' : node.kind === 'list' && isEmpty(node)));
