/** The grammar of an answer that may or must call tools, made from a model's syntax and the tools' parameter schemas. */
import { CorralError } from '../../core/corral-error.ts';
import { GrammarComposer } from '../../formats/json-schema-grammar/grammar-composer.ts';
import {
  anyNumberOf,
  choice,
  type GrammarExpression,
  sequence,
} from '../../formats/json-schema-grammar/grammar/grammar-expression.ts';
import type { ValueNotation } from '../../formats/json-schema-grammar/notation/value-notation.ts';
import { SchemaRefusal } from '../../formats/json-schema-grammar/refuse-schema.ts';
import type { Tool } from '../chat-message.ts';
import type { CallableTool, CallTrigger, ToolCallSyntax } from './tool-call-syntax.ts';

export interface ToolCallOrder {
  /** All tools of the request. */
  readonly tools: readonly Tool[];
  /** `required`: the answer is calls from its first token. A name: of that tool. `auto`: text is free, and what begins as a call is one. */
  readonly choice: 'auto' | 'required' | { readonly name: string };
  /** With `auto`: names of tools whose schemas must be enforced; another one that can't be leaves its arguments to the model. */
  readonly strict: readonly string[];
  /** Whether more than one call may come. */
  readonly parallel: boolean;
  /** With `auto`: the JSON Schema of an answer that is no call. */
  readonly contentSchema: unknown;
}

export interface ToolCallGrammar {
  readonly grammar: string;
  /** Where the grammar begins in free text, and whether the text is free again behind a call; undefined = it holds from the first token. */
  readonly start: { readonly triggers: readonly CallTrigger[]; readonly repeats: boolean } | undefined;
  /** Texts that begin a call. */
  readonly openers: readonly string[];
  /** See `ToolCallSyntax`. */
  readonly reopened?: (written: string) => string;
  /** Names of tools whose schemas are not enforced. */
  readonly unheld: readonly string[];
}

/** Throws `bad_request` naming the place of a tool's schema that must be enforced and can't, or `SchemaRefusal` for too large a grammar. */
export function toolCallGrammar(syntax: ToolCallSyntax, order: ToolCallOrder): ToolCallGrammar {
  const { choice: wanted, parallel, contentSchema } = order;
  const composer = new GrammarComposer();
  const unheld = new Set<string>();
  const tools = order.tools.flatMap((tool, index) => {
    const { name } = tool.function;
    if (typeof wanted === 'object' && wanted.name !== name) return [];
    const isStrict = wanted !== 'auto' || order.strict.includes(name);
    return [callable(composer, syntax, tool, index, isStrict ? undefined : () => unheld.add(name))];
  });
  const openers = syntax.triggers.map((trigger) => trigger.text);
  const { reopened } = syntax;
  const waits = wanted === 'auto' && contentSchema === undefined;
  const block = composer.define(syntax.block({ composer, tools, parallel, offered: order.tools, waits }));
  const facts = { openers, unheld: [...unheld], ...(reopened && { reopened }) };
  if (waits) {
    return { grammar: composer.print(block), start: { triggers: syntax.triggers, repeats: parallel }, ...facts };
  }
  const between = parallel ? syntax.between(composer) : undefined;
  const more = between === undefined ? [] : [anyNumberOf(composer.define(sequence(between, block)))];
  const calls = sequence(block, ...more);
  if (wanted !== 'auto') return { grammar: composer.print(calls), start: undefined, ...facts };
  const document = composer.document(contentSchema);
  const content = syntax.content?.(document) ?? document;
  return { grammar: composer.print(choice([content, calls])), start: undefined, ...facts };
}

/** `letGo`: told when a schema that can't be enforced is let be; undefined = that is an error. */
function callable(
  composer: GrammarComposer,
  syntax: ToolCallSyntax,
  tool: Tool,
  index: number,
  letGo: (() => void) | undefined,
): CallableTool {
  const { name, parameters = {} } = tool.function;
  const place = `tools[${index}].function.parameters`;
  if (syntax.toolNames?.test(name) === false) {
    throw refuse(`tools[${index}].function.name`, 'this model has no way to write the name in a call');
  }
  const made = new Map<ValueNotation | undefined, GrammarExpression>();
  const make = (notation: ValueNotation | undefined): GrammarExpression => {
    try {
      return documentAt(composer, objectSchema(parameters, place), place, notation);
    } catch (thrown) {
      if (letGo === undefined || !(thrown instanceof CorralError)) throw thrown;
      letGo();
      return composer.document({ type: 'object' }, notation);
    }
  };
  return {
    name,
    tool,
    arguments: (notation) => {
      const known = made.get(notation) ?? make(notation);
      made.set(notation, known);
      return known;
    },
  };
}

/** A schema that says nothing of the type still means an object: arguments are one. */
function objectSchema(parameters: Readonly<Record<string, unknown>>, place: string): object {
  const { type } = parameters;
  const isObject = type === undefined || type === null || type === 'object';
  if (!isObject) throw refuse(`${place}.type`, 'the parameters of a tool must be of type "object"');
  return { ...parameters, type: 'object' };
}

function documentAt(
  composer: GrammarComposer,
  schema: unknown,
  place: string,
  notation?: ValueNotation,
): GrammarExpression {
  try {
    return composer.document(schema, notation);
  } catch (thrown) {
    if (!(thrown instanceof SchemaRefusal)) throw thrown;
    throw refuse(place + pathOf(thrown.pointer), thrown.reason);
  }
}

function refuse(place: string, reason: string): CorralError {
  return new CorralError('bad_request', `invalid value for ${JSON.stringify(place)}: ${reason}`, {
    param: place,
    hint: 'Change or remove the named part of the tool, or let the model choose: tool_choice "auto", without "strict".',
  });
}

/** A JSON pointer as the path that clients know: `.properties.a.anyOf[0]`. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part.replaceAll('~1', '/').replaceAll('~0', '~')}`))
    .join('');
}
