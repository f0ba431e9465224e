/**
 * Jinja with limits. The library evaluates whatever a template says, and a template comes out of a downloaded file:
 * `range(10**9)`, a string doubled forty times or a list that holds itself twice forty levels deep would take the server's
 * time or memory. Every expression passes through `evaluate`, so the limits sit there: a count of steps, the length of
 * every text, and the weight (printed size, shared parts counted each time) of every list and mapping.
 *
 * What a single step may still do is linear work on texts within those limits, or one product of two of them
 * (`replace`, `join`, `indent`), which the JavaScript engine ends at its own text limit; `jinja-program.ts` puts a clock on that.
 *
 * It also gives Python's meaning to `strip('x')`, which the library reads as a plain trim and which would take the
 * indentation off a code answer in Qwen's `content.lstrip('\n')`.
 */
import { Environment, Interpreter } from '@huggingface/jinja';

/** The library's values and scopes, as far as this project looks into them; its own declarations do not resolve under nodenext. */
export interface JinjaValue {
  readonly type: string;
  value: unknown;
}
export interface JinjaNode {
  readonly type: string;
  readonly [part: string]: unknown;
}
export interface JinjaScope {
  set(name: string, value: unknown): JinjaValue;
}

type JinjaFunction = (args: readonly JinjaValue[], scope: JinjaScope) => JinjaValue;

export interface JinjaLimits {
  readonly maxSteps: number;
  readonly maxTextLength: number;
}

/** Thrown when a template goes past a limit. */
export class JinjaLimitError extends Error {}

export const newJinjaScope = Environment as unknown as new () => JinjaScope;

const LibraryInterpreter = Interpreter as unknown as new (scope: JinjaScope) => {
  evaluate(node: JinjaNode | undefined, scope: JinjaScope): JinjaValue;
};

const textValueClass = new newJinjaScope().set('text', '').constructor as new (text: string) => JinjaValue;

/** Native work per character or item is this much cheaper than a step. */
const charactersPerStep = 256;
const itemsPerStep = 64;

export class BoundedInterpreter extends LibraryInterpreter {
  readonly #limits: JinjaLimits;
  /** Nodes that a `for` runs over: each of their items is a step, whatever the body does. */
  readonly #iterated = new WeakSet<object>();
  readonly #weights = new WeakMap<JinjaValue, number>();
  #steps = 0;
  #last: JinjaValue | undefined;

  constructor(scope: JinjaScope, limits: JinjaLimits) {
    super(scope);
    this.#limits = limits;
  }

  override evaluate(node: JinjaNode | undefined, scope: JinjaScope): JinjaValue {
    this.#spend(1);
    if (node?.type === 'For') this.#iterated.add(iteratedNode(node));
    const value = super.evaluate(node, scope);
    this.#charge(value, node !== undefined && this.#iterated.has(node));
    // In `object.name` only the object is evaluated, so it is the last value seen.
    if (node?.type === 'MemberExpression' && node['computed'] === false) this.#pythonStrip(node, value, this.#last);
    this.#last = value;
    return value;
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#limits.maxSteps) throw new JinjaLimitError('it takes too many steps');
  }

  #charge(value: JinjaValue, iterated: boolean): void {
    if (value.type === 'StringValue') {
      const length = (value.value as string).length;
      this.#bound(length);
      this.#spend(length / charactersPerStep);
      return;
    }
    const items = itemCount(value);
    if (items === undefined) return;
    this.#bound(this.#weigh(value).weight);
    this.#spend(iterated ? items : items / itemsPerStep);
  }

  #bound(length: number): void {
    if (length > this.#limits.maxTextLength) throw new JinjaLimitError('it makes too long a text');
  }

  /** Lists and mappings never change once made, namespaces do: what holds one is weighed afresh every time. */
  #weigh(value: JinjaValue): { readonly weight: number; readonly fixed: boolean } {
    if (value.type === 'StringValue') return { weight: 1 + (value.value as string).length, fixed: true };
    if (itemCount(value) === undefined) return { weight: 1, fixed: true };
    const known = this.#weights.get(value);
    if (known !== undefined) return { weight: known, fixed: true };
    let weight = 1;
    let fixed = value.type !== 'NamespaceValue';
    for (const child of (value.value as readonly JinjaValue[] | ReadonlyMap<string, JinjaValue>).values()) {
      const part = this.#weigh(child);
      weight += part.weight;
      fixed &&= part.fixed;
      this.#spend(1 / itemsPerStep);
      this.#bound(weight);
    }
    if (fixed) this.#weights.set(value, weight);
    return { weight, fixed };
  }

  #pythonStrip(node: JinjaNode, method: JinjaValue, object: JinjaValue | undefined): void {
    const name = (node['property'] as { readonly value?: unknown } | undefined)?.value;
    if (object?.type !== 'StringValue' || method.type !== 'FunctionValue') return;
    if (name !== 'strip' && name !== 'lstrip' && name !== 'rstrip') return;
    const original = method.value as JinjaFunction;
    method.value = ((args, scope) => {
      const characters = args[0];
      if (characters?.type !== 'StringValue') return original(args, scope);
      return new textValueClass(strip(object.value as string, characters.value as string, name));
    }) satisfies JinjaFunction;
  }
}

function iteratedNode(loop: JinjaNode): JinjaNode {
  const iterable = loop['iterable'] as JinjaNode;
  return iterable.type === 'SelectExpression' ? (iterable['lhs'] as JinjaNode) : iterable;
}

function itemCount(value: JinjaValue): number | undefined {
  if (Array.isArray(value.value)) return value.value.length;
  return value.value instanceof Map ? value.value.size : undefined;
}

function strip(text: string, characters: string, side: 'strip' | 'lstrip' | 'rstrip'): string {
  const set = new Set(characters);
  const points = Array.from(text);
  let start = 0;
  let end = points.length;
  if (side !== 'rstrip') while (start < end && set.has(points[start] ?? '')) start++;
  if (side !== 'lstrip') while (end > start && set.has(points[end - 1] ?? '')) end--;
  return points.slice(start, end).join('');
}
