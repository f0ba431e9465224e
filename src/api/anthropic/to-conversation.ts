/** Anthropic's messages as the conversation that templates know: results of tools are turns of their own there, and turns alternate. */
import type { Part, ShownPart } from './content-blocks.ts';
import type { CountRequest, MessagesRequest } from './messages-request.ts';

/** A turn; empty lists and texts stand for what is not there. */
interface Turn {
  readonly role: string;
  readonly content: string;
  readonly thinking?: string;
  readonly images?: readonly string[];
  readonly toolCalls?: readonly { id: string; name: string; arguments: Record<string, unknown> }[];
  readonly toolCallId?: string;
  readonly toolName?: string;
}

type ThinkLevel = 'low' | 'medium' | 'high' | 'max';

/** The part of a request that decides its prompt. */
export function toConversation(request: CountRequest) {
  const { tools, tool_choice: chosen, output_config: output } = request;
  const strictTools = tools.filter((tool) => tool.isStrict).map(({ tool }) => tool.function.name);
  const toolChoice = chosen?.choice ?? (strictTools.length > 0 ? 'auto' : undefined);
  const format = output.format ?? request.output_format;
  return {
    model: request.model,
    messages: toTurns(request),
    tools: tools.map(({ tool }) => tool),
    think: thinkValue(request),
    // Clients ask for thinking whatever the model, and Ollama answers them; the reply says what was left out.
    thinksIfAble: true,
    continuesLast: true,
    truncate: true,
    logprobs: false,
    top_logprobs: 0,
    ...(format !== undefined && { format }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(strictTools.length > 0 && { strictTools }),
    ...(chosen?.isSingle === true && { parallelToolCalls: false }),
  };
}

/** Options by Ollama's names. What the client leaves out is the model's own. */
export function toOptions(request: MessagesRequest): Record<string, unknown> {
  const { temperature, top_p: topP, top_k: topK, stop_sequences: stop } = request;
  return {
    num_predict: request.max_tokens,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(stop.length > 0 && { stop }),
  };
}

function thinkValue({ thinking, output_config: { effort }, messages }: CountRequest): boolean | ThinkLevel | undefined {
  if (thinking?.isOn === false) return false;
  // What follows a begun answer is more of it.
  if (messages.at(-1)?.role === 'assistant') return false;
  if (effort !== undefined) return effort === 'xhigh' ? 'high' : effort;
  return thinking === undefined ? undefined : true;
}

function toTurns({ system, messages }: CountRequest): Turn[] {
  const names = new Map<string, string>();
  const turns: Turn[] = [];
  const systemText = textOf(system);
  if (systemText !== '') turns.push({ role: 'system', content: systemText });
  for (const { role, content } of messages) {
    const made = role === 'assistant' ? [assistantTurn(content, names)] : otherTurns(role, content, names);
    for (const turn of made) {
      const before = turns.at(-1);
      if (before !== undefined && canJoin(before, turn)) turns[turns.length - 1] = join(before, turn);
      else turns.push(turn);
    }
  }
  return turns;
}

function assistantTurn(parts: readonly Part[], names: Map<string, string>): Turn {
  const thinking = parts.flatMap((part) => (part.type === 'thinking' && part.thinking !== '' ? [part.thinking] : []));
  const calls = parts.flatMap((part) => (part.type === 'call' ? [part] : []));
  for (const { id, name } of calls) names.set(id, name);
  return {
    role: 'assistant',
    content: textOf(parts),
    ...(thinking.length > 0 && { thinking: thinking.join('\n') }),
    ...(calls.length > 0 && { toolCalls: calls.map(({ id, name, input }) => ({ id, name, arguments: input })) }),
  };
}

/** Results are turns; what stands between them is one too. */
function otherTurns(role: string, parts: readonly Part[], names: ReadonlyMap<string, string>): Turn[] {
  const turns: Turn[] = [];
  let shown: ShownPart[] = [];
  const flush = () => {
    if (shown.length > 0) turns.push({ role, ...shownFields(shown) });
    shown = [];
  };
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'image') shown.push(part);
    if (part.type !== 'result') continue;
    flush();
    turns.push(resultTurn(part, names));
  }
  flush();
  return turns;
}

function resultTurn(result: Extract<Part, { type: 'result' }>, names: ReadonlyMap<string, string>): Turn {
  const { callId, isError, parts } = result;
  const fields = shownFields(parts);
  const name = names.get(callId);
  return {
    role: 'tool',
    ...fields,
    // No template has a place for it, so it is said.
    content: isError ? `Error: ${fields.content}` : fields.content,
    toolCallId: callId,
    ...(name !== undefined && { toolName: name }),
  };
}

function shownFields(parts: readonly Part[]): { readonly content: string; readonly images?: readonly string[] } {
  const images = parts.flatMap((part) => (part.type === 'image' ? [part.data] : []));
  return { content: textOf(parts), ...(images.length > 0 && { images }) };
}

function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** Turns of one speaker that follow each other are one, as in Anthropic's API: many templates refuse any other. */
function canJoin(before: Turn, after: Turn): boolean {
  return before.role === after.role && (after.role === 'user' || after.role === 'assistant');
}

function join(before: Turn, after: Turn): Turn {
  const joinTexts = (texts: readonly (string | undefined)[]) => texts.filter((text) => text).join('\n');
  const thinking = joinTexts([before.thinking, after.thinking]);
  const images = [...(before.images ?? []), ...(after.images ?? [])];
  const toolCalls = [...(before.toolCalls ?? []), ...(after.toolCalls ?? [])];
  return {
    role: after.role,
    content: joinTexts([before.content, after.content]),
    ...(thinking !== '' && { thinking }),
    ...(images.length > 0 && { images }),
    ...(toolCalls.length > 0 && { toolCalls }),
  };
}
