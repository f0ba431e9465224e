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
}

/** Throws `bad_request` naming the place of a tool's schema that can't be enforced. */
export function toolCallGrammar(syntax: ToolCallSyntax, order: ToolCallOrder): ToolCallGrammar {
  const { choice: wanted, parallel, contentSchema } = order;
  const composer = new GrammarComposer();
  const tools = order.tools.flatMap((tool, index) =>
    typeof wanted === 'object' && wanted.name !== tool.function.name ? [] : [callable(composer, syntax, tool, index)],
  );
  const openers = syntax.triggers.map((trigger) => trigger.text);
  const { reopened } = syntax;
  const facts = { openers, ...(reopened && { reopened }) };
  const waits = wanted === 'auto' && contentSchema === undefined;
  const block = composer.define(syntax.block({ composer, tools, parallel, offered: order.tools, waits }));
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

function callable(composer: GrammarComposer, syntax: ToolCallSyntax, tool: Tool, index: number): CallableTool {
  const { name, parameters = {} } = tool.function;
  const place = `tools[${index}].function.parameters`;
  if (syntax.toolNames?.test(name) === false) {
    throw refuse(`tools[${index}].function.name`, 'this model has no way to write the name in a call');
  }
  const made = new Map<ValueNotation | undefined, GrammarExpression>();
  return {
    name,
    tool,
    arguments: (notation) => {
      const known = made.get(notation) ?? documentAt(composer, objectSchema(parameters, place), place, notation);
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
    hint: 'Change or remove the named part of the tool, or leave tool_choice out.',
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
