/** What a request's choice of tools means for its answer. */
import { CorralError } from '../core/corral-error.ts';
import { schemaOfFormat } from '../formats/json-schema-grammar/grammar-for-format.ts';
import type { Tool } from '../prompt/chat-message.ts';
import type { PromptFormat } from '../prompt/prompt-format.ts';
import { toolCallGrammar, type ToolCallGrammar } from '../prompt/tool-calls/tool-call-grammar.ts';

/** `auto`: the model decides. `required`: it calls at least one tool. A name: it calls that one. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export interface ChoosingRequest {
  readonly tools: readonly Tool[];
  readonly format?: unknown;
  readonly toolChoice?: ToolChoice | undefined;
  readonly parallelToolCalls?: boolean | undefined;
}

/** The tools that the model gets to see. Throws `bad_request` for a choice that no answer can meet. */
export function offeredTools({ tools, toolChoice }: ChoosingRequest): readonly Tool[] {
  if (toolChoice === 'none') return [];
  if (toolChoice === undefined || toolChoice === 'auto') return tools;
  if (tools.length === 0) throw refuse('tool_choice needs tools, and the request has none');
  if (toolChoice === 'required') return tools;
  const { name } = toolChoice;
  if (tools.some((tool) => tool.function.name === name)) return tools;
  throw refuse(`tool_choice names ${JSON.stringify(name)}, which is none of the request's tools`);
}

/**
 * The grammar that makes the answer meet the choice; undefined where the answer is left to the model: without a choice, as in Ollama, and
 * with `auto` for a model whose way of calling has no grammar. Throws `bad_request`.
 */
export function chosenCalls(request: ChoosingRequest, format: () => PromptFormat): ToolCallGrammar | undefined {
  const { tools, parallelToolCalls: parallel = true } = request;
  // To stop after one call is a wish that only a grammar can meet.
  const choice = request.toolChoice ?? (parallel ? undefined : 'auto');
  if (choice === undefined || choice === 'none' || tools.length === 0) return undefined;
  const { callSyntax, callless } = format();
  if (callSyntax === undefined) {
    if (choice === 'auto') return undefined;
    const reason =
      callless === undefined
        ? 'this model has no way to write tool calls'
        : `the answers of this model are read by the parser ${JSON.stringify(callless)}, which knows no tool calls`;
    throw refuse(`${reason}; only "auto" and "none" work with it`);
  }
  return toolCallGrammar(callSyntax, { tools, choice, parallel, contentSchema: schemaOfFormat(request.format) });
}

function refuse(message: string): CorralError {
  return new CorralError('bad_request', message, { param: 'tool_choice' });
}
