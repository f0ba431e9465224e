/**
 * Runs a syntax tree over data, as Go's text/template does. `#node` follows the node being evaluated, because an error
 * message quotes it with its place; where Go moves that mark decides the text, so the order of the moves is part of the design.
 *
 * `break` and `continue` come back as signals from the walk; only faults are thrown.
 */
import type { Found } from './field-lookup.ts';
import { concrete, lookUpField } from './field-lookup.ts';
import type { GoValue } from './go-value.ts';
import { isTrue, sortedEntries, typeName } from './go-value.ts';
import { nodeText } from './node-text.ts';
import { formatValue, printedValue } from './print-value.ts';
import { templateFailed, TemplateFunctionError } from './template-error.ts';
import type { TemplateFunction } from './template-functions.ts';
import { templateFunctions } from './template-functions.ts';
import type { TemplateBudget } from './template-limits.ts';
import type {
  BranchNode,
  CommandNode,
  IdentifierNode,
  InvokeNode,
  ListNode,
  LiteralNode,
  OperandNode,
  PipeNode,
  StatementNode,
  TemplateNode,
} from './template-node.ts';
import type { TemplateTrees } from './template-parser.ts';
import { VariableStack } from './variable-stack.ts';

type Signal = 'break' | 'continue' | undefined;

/** No value came down the pipe; `undefined` would be nil. */
const nothing = Symbol('nothing');
type Piped = GoValue | typeof nothing;

export class TemplateEvaluator {
  readonly #source: string;
  readonly #trees: TemplateTrees;
  readonly #now: Date;
  readonly #budget: TemplateBudget;
  readonly #output: string[] = [];
  #templateName = '';
  #node: TemplateNode | undefined;
  #variables: VariableStack;

  constructor(
    template: TemplateTrees & { readonly source: string },
    data: GoValue,
    { now, budget }: { readonly now: Date; readonly budget: TemplateBudget },
  ) {
    this.#source = template.source;
    this.#trees = template;
    this.#now = now;
    this.#budget = budget;
    this.#variables = new VariableStack(concrete(data));
  }

  run(data: GoValue): string {
    this.#walkList(concrete(data), this.#trees.root);
    return this.#output.join('');
  }

  /** The error text of Go: place, template, node, message. Columns count bytes from 0. */
  #fail(message: string): never {
    if (this.#node === undefined) throw templateFailed(`template: : ${message}`);
    const before = this.#source.slice(0, this.#node.position);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    const column = Buffer.byteLength(before.slice(lineStart));
    const name = JSON.stringify(this.#templateName);
    throw templateFailed(`template: :${line}:${column}: executing ${name} at <${nodeText(this.#node)}>: ${message}`);
  }

  #at(node: TemplateNode): void {
    this.#budget.chargeStep();
    this.#node = node;
  }

  #write(text: string): void {
    this.#budget.chargeText(text.length);
    this.#output.push(text);
  }

  #walkList(dot: Found, list: ListNode): Signal {
    this.#budget.enter();
    for (const node of list.nodes) {
      const signal = this.#walk(dot, node);
      if (signal !== undefined) {
        this.#budget.leave();
        return signal;
      }
    }
    this.#budget.leave();
    return undefined;
  }

  #walk(dot: Found, node: StatementNode): Signal {
    this.#at(node);
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return undefined;
      case 'action': {
        const value = this.#evaluatePipe(dot, node.pipe);
        this.#node = node;
        // A declaration prints nothing.
        if (node.pipe.declarations.length === 0) this.#write(printedValue(value));
        return undefined;
      }
      case 'list':
        return this.#walkList(dot, node);
      case 'if':
      case 'with':
        return this.#walkCondition(dot, node);
      case 'range':
        return this.#walkRange(dot, node);
      case 'template':
        this.#invoke(dot, node);
        return undefined;
      case 'break':
      case 'continue':
        break;
    }
    return node.kind;
  }

  #walkCondition(dot: Found, node: BranchNode): Signal {
    const mark = this.#variables.mark();
    const value = this.#evaluatePipe(dot, node.pipe);
    let signal: Signal;
    if (isTrue(value)) signal = this.#walkList(node.kind === 'with' ? concrete(value) : dot, node.list);
    else if (node.elseList !== undefined) signal = this.#walkList(dot, node.elseList);
    this.#variables.dropTo(mark);
    return signal;
  }

  #walkRange(dot: Found, node: BranchNode): Signal {
    const outerMark = this.#variables.mark();
    const value = this.#evaluatePipe(dot, node.pipe);
    const mark = this.#variables.mark();
    let hasRun = false;
    for (const [key, element] of this.#iterate(value, node.pipe)) {
      hasRun = true;
      this.#budget.chargeStep();
      this.#bindRange(node.pipe, key, element);
      const signal = this.#walkList(element, node.list);
      this.#variables.dropTo(mark);
      if (signal === 'break') break;
    }
    const signal = hasRun || node.elseList === undefined ? undefined : this.#walkList(dot, node.elseList);
    this.#variables.dropTo(outerMark);
    return signal;
  }

  /** Keys with elements. Over a whole number the element counts up and there is no key. */
  #iterate(value: GoValue, pipe: PipeNode): Iterable<readonly [GoValue, Found]> {
    if (value === undefined) return [];
    if (typeof value === 'bigint') {
      if (pipe.declarations.length > 1) this.#fail(`can't use ${value} to iterate over more than one variable`);
      return countTo(value);
    }
    if (typeof value === 'object' && value.kind === 'slice')
      return numbered(value.items, value.typeName === '[]interface {}');
    if (typeof value === 'object' && value.kind === 'map') {
      this.#budget.chargeStep(value.entries.size);
      return elements(sortedEntries(value), value.zero === undefined);
    }
    return this.#fail(`range can't iterate over ${formatValue(value)}`);
  }

  #bindRange({ declarations, isAssignment }: PipeNode, key: GoValue, element: Found): void {
    const [first, second] = declarations;
    if (first === undefined) return;
    if (isAssignment) {
      this.#assign(first.names[0] ?? '', second === undefined ? element : concrete(key));
      if (second !== undefined) this.#assign(second.names[0] ?? '', element);
      return;
    }
    // The pipe pushed both names; the element belongs to the last of them.
    this.#variables.setFromTop(1, element);
    if (second !== undefined) this.#variables.setFromTop(2, concrete(key));
  }

  #assign(name: string, value: Found): void {
    if (!this.#variables.has(name)) this.#fail(`undefined variable: ${name}`);
    this.#variables.set(name, value);
  }

  #invoke(dot: Found, node: InvokeNode): void {
    const body = node.name === '' ? this.#trees.root : this.#trees.definitions.get(node.name);
    if (body === undefined) return this.#fail(`template ${JSON.stringify(node.name)} not defined`);
    const argument = concrete(node.pipe === undefined ? undefined : this.#evaluatePipe(dot, node.pipe));
    const caller = { variables: this.#variables, name: this.#templateName };
    this.#variables = new VariableStack(argument);
    this.#templateName = node.name;
    this.#walkList(argument, body);
    this.#variables = caller.variables;
    this.#templateName = caller.name;
  }

  #evaluatePipe(dot: Found, pipe: PipeNode): GoValue {
    this.#at(pipe);
    this.#budget.enter();
    let piped: Piped = nothing;
    for (const command of pipe.commands) piped = this.#evaluateCommand(dot, command, piped).value;
    const value = piped === nothing ? undefined : piped;
    for (const variable of pipe.declarations) {
      const name = variable.names[0] ?? '';
      if (pipe.isAssignment) this.#assign(name, concrete(value));
      else this.#variables.push(name, concrete(value));
    }
    this.#budget.leave();
    return value;
  }

  #evaluateCommand(dot: Found, command: CommandNode, piped: Piped): Found {
    const [first, ...rest] = command.operands;
    if (first === undefined) return this.#fail('empty command');
    const argumentCount = rest.length + (piped === nothing ? 0 : 1);
    switch (first.kind) {
      case 'field':
      case 'variable':
      case 'chain':
        return this.#evaluatePath(dot, first, argumentCount);
      case 'identifier':
        return concrete(this.#callFunction(dot, first, command, rest, piped));
      case 'pipe':
        this.#refuseArguments(first, argumentCount);
        return concrete(this.#evaluatePipe(dot, first));
      case 'dot':
      case 'nil':
        this.#at(first);
        this.#refuseArguments(first, argumentCount);
        return first.kind === 'nil' ? this.#fail('nil is not a command') : dot;
      case 'number':
      case 'string':
      case 'bool':
        break;
    }
    this.#at(first);
    this.#refuseArguments(first, argumentCount);
    return concrete(this.#literal(first));
  }

  #refuseArguments(node: OperandNode, argumentCount: number): void {
    if (argumentCount > 0) this.#fail(`can't give argument to non-function ${nodeText(node)}`);
  }

  #literal(node: LiteralNode): GoValue {
    this.#at(node);
    return node.value ?? this.#fail(`${node.source} overflows int`);
  }

  /** `.A.B`, `$x.A.B` and `(pipe).A.B`; arguments go to the last name. */
  #evaluatePath(
    dot: Found,
    node: Extract<OperandNode, { readonly names: readonly string[] }>,
    argumentCount: number,
  ): Found {
    this.#at(node);
    let names = node.names;
    let found = dot;
    if (node.kind === 'variable') {
      const [name = '', ...fields] = node.names;
      if (!this.#variables.has(name)) this.#fail(`undefined variable: ${name}`);
      if (fields.length === 0) this.#refuseArguments(node, argumentCount);
      found = this.#variables.get(name) ?? concrete(undefined);
      names = fields;
    } else if (node.kind === 'chain') {
      if (node.base.kind === 'nil') this.#fail(`indirection through explicit nil in ${nodeText(node)}`);
      found = concrete(this.#evaluateArgument(dot, node.base, 'any'));
    }
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      found = this.#guarded(() => lookUpField(found, name, isLast ? argumentCount : 0));
    }
    return found;
  }

  /** Turns a function's own fault into one with its place. */
  #guarded<Result>(act: () => Result, prefix = ''): Result {
    try {
      return act();
    } catch (thrown) {
      if (thrown instanceof TemplateFunctionError) this.#fail(prefix + thrown.message);
      throw thrown;
    }
  }

  #callFunction(
    dot: Found,
    node: IdentifierNode,
    quoted: TemplateNode,
    operands: readonly OperandNode[],
    piped: Piped,
  ): GoValue {
    this.#at(node);
    const called = templateFunctions.get(node.name);
    if (called === undefined) return this.#fail(`${JSON.stringify(node.name)} is not a defined function`);
    this.#checkCount(node.name, called, operands.length, operands.length + (piped === nothing ? 0 : 1));
    if (node.name === 'and' || node.name === 'or') return this.#shortCircuit(dot, node.name, operands, piped);
    const values = operands.map((operand, index) => this.#evaluateArgument(dot, operand, parameterType(called, index)));
    if (piped !== nothing) values.push(this.#checkType(piped, parameterType(called, values.length)));
    for (const value of values) this.#chargeReading(value);
    const context = {
      budget: this.#budget,
      now: this.#now,
      firstOperand: operands[0] === undefined ? '' : nodeText(operands[0]),
    };
    const at = this.#node;
    this.#node = quoted;
    const result = this.#guarded(() => called.call(values, context), `error calling ${node.name}: `);
    this.#node = at;
    if (typeof result === 'string') this.#budget.chargeText(result.length);
    return result;
  }

  #checkCount(name: string, { fixedCount, isVariadic }: TemplateFunction, written: number, given: number): void {
    // Go counts a piped value against the need, but not in the message of a variadic function.
    if (isVariadic && given < fixedCount)
      this.#fail(`wrong number of args for ${name}: want at least ${fixedCount} got ${written}`);
    if (!isVariadic && given !== fixedCount)
      this.#fail(`wrong number of args for ${name}: want ${fixedCount} got ${given}`);
  }

  #shortCircuit(dot: Found, name: 'and' | 'or', operands: readonly OperandNode[], piped: Piped): GoValue {
    let value: GoValue;
    for (const operand of operands) {
      value = this.#evaluateArgument(dot, operand, 'any');
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped === nothing ? value : piped;
  }

  /** A function may read all of a text or a list. */
  #chargeReading(value: GoValue): void {
    if (typeof value === 'string') this.#budget.chargeReading(value.length);
    else if (typeof value === 'object' && value.kind === 'slice') this.#budget.chargeReading(value.items.length);
  }

  #evaluateArgument(dot: Found, node: OperandNode, type: 'any' | 'string'): GoValue {
    this.#at(node);
    switch (node.kind) {
      case 'dot':
        return this.#checkType(dot.value, type);
      case 'nil':
        return type === 'string' ? this.#fail('cannot assign nil to string') : undefined;
      case 'field':
      case 'variable':
      case 'chain':
        return this.#checkType(this.#evaluatePath(dot, node, 0).value, type);
      case 'pipe':
        return this.#checkType(this.#evaluatePipe(dot, node), type);
      case 'identifier':
        return this.#checkType(this.#callFunction(dot, node, node, [], nothing), type);
      case 'number':
      case 'bool':
      case 'string':
        break;
    }
    if (type === 'string' && node.kind !== 'string') return this.#fail(`expected string; found ${node.source}`);
    return this.#literal(node);
  }

  #checkType(value: GoValue, type: 'any' | 'string'): GoValue {
    if (type === 'string' && value === undefined) return this.#fail('invalid value; expected string');
    if (type === 'string' && typeof value !== 'string')
      return this.#fail(`wrong type for value; expected string; got ${typeName(value)}`);
    return value;
  }
}

const parameterType = ({ strings }: TemplateFunction, index: number): 'any' | 'string' =>
  strings === 'all' || (strings === 'first' && index === 0) ? 'string' : 'any';

function* countTo(end: bigint): Generator<readonly [GoValue, Found]> {
  for (let value = 0n; value < end; value += 1n) yield [undefined, concrete(value)];
}

function* numbered(items: readonly GoValue[], isInterface: boolean): Generator<readonly [GoValue, Found]> {
  for (const [index, value] of items.entries()) yield [BigInt(index), { value, isInterface }];
}

function* elements(
  entries: readonly (readonly [string, GoValue])[],
  isInterface: boolean,
): Generator<readonly [GoValue, Found]> {
  for (const [key, value] of entries) yield [key, { value, isInterface }];
}
