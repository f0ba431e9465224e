/** A request for a response as the conversation that is answered. Throws `bad_request` with the field at fault. */
import type { InputItem } from '../../api/openai/response-items.ts';
import type { ResponseRequest } from '../../api/openai/response-request.ts';
import type { FunctionTool, ResponseToolChoice } from '../../api/openai/response-tools.ts';
import { efforts, thinkByEffort } from '../../api/openai/think-by-effort.ts';
import { CorralError } from '../../core/corral-error.ts';
import type { Tool } from '../../prompt/chat-message.ts';
import type { Conversation, ToolChoice } from '../../usecases/chat.ts';
import { calledName, responseMessages } from './response-messages.ts';

export function responseConversation(request: ResponseRequest, items: readonly InputItem[]): Conversation {
  const { instructions } = request;
  const system = instructions === undefined ? [] : [{ role: 'system', content: instructions }];
  const isFitted = request.truncation === 'auto';
  return {
    model: request.model,
    messages: [...system, ...responseMessages(items)],
    ...toolFields(request),
    format: requestedFormat(request),
    think: thinkOf(request.reasoning?.effort),
    options: {
      temperature: request.temperature,
      top_p: request.top_p,
      presence_penalty: request.presence_penalty,
      frequency_penalty: request.frequency_penalty,
      ...(request.max_output_tokens !== undefined && { num_predict: request.max_output_tokens }),
    },
    // A prompt that is too long is refused unless the client allows that something is left out.
    truncate: isFitted,
    shift: isFitted ? undefined : false,
    logprobs: wantsLogprobs(request),
    top_logprobs: request.top_logprobs,
    _debug_render_only: false,
    streamsToolCalls: true,
  };
}

function wantsLogprobs({ include, top_logprobs: topLogprobs }: ResponseRequest): boolean {
  return topLogprobs > 0 || include.includes('message.output_text.logprobs');
}

function requestedFormat({ text: { format } }: ResponseRequest): unknown {
  if (format.type === 'json_object') return 'json';
  return format.type === 'json_schema' ? format.schema : undefined;
}

function thinkOf(effort: string | undefined): Conversation['think'] {
  if (effort === undefined) return undefined;
  const known = efforts.find((level) => level === effort);
  if (known !== undefined) return thinkByEffort[known];
  const allowed = efforts.map((level) => JSON.stringify(level)).join(', ');
  throw new CorralError('bad_request', `invalid reasoning value: ${JSON.stringify(effort)} (must be ${allowed})`, {
    param: 'reasoning.effort',
  });
}

type ToolFields = Pick<Conversation, 'tools' | 'toolChoice' | 'strictTools' | 'parallelToolCalls'>;

function toolFields({
  tools,
  tool_choice: choice,
  parallel_tool_calls: parallelToolCalls,
}: ResponseRequest): ToolFields {
  const functions = tools.flatMap((tool) => {
    if (tool.type === 'function') return [tool];
    return tool.tools.map((inner) => ({ ...inner, name: calledName({ name: inner.name, namespace: tool.name }) }));
  });
  const { kept, toolChoice } = chooseTools(functions, choice);
  const strictTools = kept.filter(({ strict }) => strict).map(({ name }) => name);
  return {
    tools: kept.map(asTool),
    parallelToolCalls,
    ...(toolChoice !== undefined && { toolChoice }),
    ...(strictTools.length > 0 && { strictTools }),
  };
}

interface ChosenTools {
  readonly kept: readonly FunctionTool[];
  readonly toolChoice: ToolChoice | undefined;
}

function chooseTools(functions: readonly FunctionTool[], choice: ResponseToolChoice | undefined): ChosenTools {
  // `auto` in so many words holds the arguments to their schemas; without it they are whatever the model writes.
  const unsaid = functions.some(({ strict }) => strict) ? 'auto' : undefined;
  if (choice === undefined) return { kept: functions, toolChoice: unsaid };
  if (typeof choice === 'string') {
    if (choice === 'required' && functions.length === 0) throw noSuchTool('"required" needs tools');
    return { kept: functions, toolChoice: choice };
  }
  const names = (choice.type === 'function' ? [choice] : choice.tools).map(calledName);
  const missing = names.find((name) => !functions.some((tool) => tool.name === name));
  if (missing !== undefined) throw noSuchTool(`${JSON.stringify(missing)} is not among the tools`);
  if (choice.type === 'function') return { kept: functions, toolChoice: { name: calledName(choice) } };
  return { kept: functions.filter(({ name }) => names.includes(name)), toolChoice: choice.mode };
}

function noSuchTool(reason: string): CorralError {
  return new CorralError('bad_request', `invalid value for "tool_choice": ${reason}`, { param: 'tool_choice' });
}

function asTool({ name, description, parameters }: FunctionTool): Tool {
  return {
    type: 'function',
    function: {
      name,
      ...(description !== null && { description }),
      ...(parameters !== null && { parameters }),
    },
  };
}
