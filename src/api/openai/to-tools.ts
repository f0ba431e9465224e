/** OpenAI's tools, and which of them may be called. Throws `bad_request` with the place of what is wrong. */
import type { ChatCompletionRequest } from './chat-completion-request.ts';
import { invalidField } from './invalid-field.ts';

interface Tool {
  readonly type: string;
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
  };
}

interface ToolsAndChoice {
  readonly tools: readonly Tool[];
  /** undefined = the model decides, and its arguments are taken as they are. */
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string };
  /** Names of those whose schemas must be enforced. */
  readonly strictTools?: readonly string[];
}

type ChoosingRequest = Pick<ChatCompletionRequest, 'tools' | 'tool_choice'>;

export function toTools(request: ChoosingRequest): ToolsAndChoice {
  const tools = request.tools.map(toTool);
  const strictTools = request.tools.flatMap(({ function: sent }) => (sent?.strict === true ? [sent.name] : []));
  const chosen = choose(request, tools, strictTools.length > 0);
  return strictTools.length > 0 ? { ...chosen, strictTools } : chosen;
}

function choose(request: ChoosingRequest, tools: readonly Tool[], isStrict: boolean): ToolsAndChoice {
  const choice = request.tool_choice;
  if (choice === undefined) return isStrict ? { tools, toolChoice: 'auto' } : { tools };
  if (typeof choice === 'string') {
    if (choice === 'required' && tools.length === 0) throw invalidField('tool_choice', 'there are no tools to call');
    return tools.length === 0 ? { tools } : { tools, toolChoice: choice };
  }
  if (choice.type === 'allowed_tools') return allowedTools(tools, choice.allowed_tools);
  if (choice.type !== 'function') throw invalidField('tool_choice.type', 'only functions are supported');
  const name = choice.function?.name ?? '';
  requireTool(tools, name, 'tool_choice.function.name');
  return { tools, toolChoice: { name } };
}

type AllowedTools = Extract<ChatCompletionRequest['tool_choice'], object>['allowed_tools'];

/** What is not allowed is not shown to the model either. */
function allowedTools(tools: readonly Tool[], allowed: AllowedTools): ToolsAndChoice {
  const names = new Set<string>();
  for (const [index, { function: named }] of (allowed?.tools ?? []).entries()) {
    const name = named?.name ?? '';
    requireTool(tools, name, `tool_choice.allowed_tools.tools[${index}].function.name`);
    names.add(name);
  }
  if (names.size === 0) throw invalidField('tool_choice.allowed_tools.tools', 'at least one tool is allowed');
  return { tools: tools.filter((tool) => names.has(tool.function.name)), toolChoice: allowed?.mode ?? 'auto' };
}

function requireTool(tools: readonly Tool[], name: string, at: string): void {
  if (tools.some((tool) => tool.function.name === name)) return;
  throw invalidField(at, `there is no tool named ${JSON.stringify(name.slice(0, 100))}`);
}

function toTool(tool: ChatCompletionRequest['tools'][number], index: number): Tool {
  const at = `tools[${index}]`;
  if (tool.type !== 'function') throw invalidField(`${at}.type`, 'only functions are supported');
  if (tool.function === undefined) throw invalidField(`${at}.function`, 'a tool has a function');
  const { name, description, parameters } = tool.function;
  if (name === '') throw invalidField(`${at}.function.name`, 'a function has a name');
  if (parameters !== undefined) checkParameters(parameters, `${at}.function.parameters`);
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      ...(parameters !== undefined && { parameters }),
    },
  };
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Templates walk the parameters as a JSON Schema of an object, so that much of one they have to be. Whether all of it can be enforced
 * matters only where a call is enforced.
 */
function checkParameters(parameters: Readonly<Record<string, unknown>>, at: string): void {
  const { type = 'object', properties = {}, required = [] } = parameters;
  if (type !== 'object') throw invalidField(`${at}.type`, 'parameters are an object: expected "object"');
  if (!isObject(properties)) throw invalidField(`${at}.properties`, 'expected an object');
  for (const [name, property] of Object.entries(properties as object)) {
    if (isObject(property) || typeof property === 'boolean') continue;
    throw invalidField(`${at}.properties`, `${JSON.stringify(name.slice(0, 100))} is no JSON Schema`);
  }
  if (Array.isArray(required) && required.every((name) => typeof name === 'string')) return;
  throw invalidField(`${at}.required`, 'expected an array of strings');
}
