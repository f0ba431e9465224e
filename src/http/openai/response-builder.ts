/**
 * Builds a response out of the pieces of an answer, and with it the events that tell a stream's reader of every change. Both come from
 * the same state, so a response that is streamed and one that is sent whole can't differ. Pure: ids and time are handed in.
 *
 * At most one output item is open at any time. What an item is follows from its pieces: thinking makes `reasoning`, content a `message`,
 * a tool call a `function_call`; a piece of another kind closes it. Order of the events of an item: added, deltas, done.
 */
import type { ResponseRequest } from '../../api/openai/response-request.ts';
import type { AnswerCounts, AnswerPieceEvent, Logprobs, ToolCallDelta } from '../../usecases/answer-events.ts';
import { openCall, openMessage, openReasoning, type OpenItem } from './response-output-items.ts';
import { responseObject, type OutputItem, type ResponseObject, type ResponseOutcome } from './response-object.ts';

export interface ResponseEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly [field: string]: unknown;
}

/** An event that has not got its number yet. */
export type UnnumberedEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface ResponseBuilder {
  start(): ResponseEvent[];
  push(piece: AnswerPieceEvent): ResponseEvent[];
  finish(counts: AnswerCounts): ResponseEvent[];
  /** After it nothing may be pushed. `error` ends a stream in the way that makes OpenAI's clients throw. */
  fail(error: ResponseFailure): ResponseEvent[];
  /** As it is at the moment. */
  response(): ResponseObject;
}

export interface ResponseFailure {
  readonly message: string;
  readonly param: string | undefined;
}

export interface ResponseBuilderOptions {
  readonly id: string;
  readonly request: ResponseRequest;
  /** `msg`, `rs`, `fc`: each kind of item has its own beginning. */
  readonly newId: (prefix: string) => string;
  /** Seconds since 1970. */
  readonly now: () => number;
}

export function createResponseBuilder({ id, request, newId, now }: ResponseBuilderOptions): ResponseBuilder {
  const createdAt = now();
  const output: OutputItem[] = [];
  const namespaces = namespacedFunctions(request);
  let sequence = 0;
  let open: OpenItem | undefined;
  let heldLogprobs: Logprobs = [];
  let state: Omit<ResponseOutcome, 'output'> = {
    status: 'in_progress',
    completedAt: null,
    counts: undefined,
    error: null,
  };

  const response = () => responseObject(id, createdAt, request, { ...state, output: [...output] });
  const numbered = (event: UnnumberedEvent): ResponseEvent => ({ ...event, sequence_number: sequence++ });
  const aboutResponse = (type: string): ResponseEvent => numbered({ type: `response.${type}`, response: response() });

  function ofItem(event: UnnumberedEvent): ResponseEvent {
    return numbered({ ...event, output_index: output.length });
  }

  function opened(item: OpenItem): ResponseEvent[] {
    const events = close('completed');
    open = item;
    return [...events, ...item.added().map(ofItem)];
  }

  function close(status: 'completed' | 'incomplete'): ResponseEvent[] {
    if (open === undefined) return [];
    const { item, events } = open.done(status);
    const told = events.map(ofItem);
    output.push(item);
    open = undefined;
    return told;
  }

  function append(kind: OpenItem['kind'], make: () => OpenItem, text: string, logprobs: Logprobs): ResponseEvent[] {
    const events = open?.kind === kind ? [] : opened(make());
    return [...events, ...(open?.append(text, logprobs) ?? []).map(ofItem)];
  }

  function pushCall(delta: ToolCallDelta): ResponseEvent[] {
    const name = namespaces.get(delta.name) ?? { name: delta.name };
    const events = delta.isFirst ? opened(openCall(newId('fc'), delta.id, name)) : [];
    const appended = delta.argumentsText === '' ? [] : (open?.append(delta.argumentsText, []) ?? []);
    return [...events, ...appended.map(ofItem)];
  }

  return {
    response,
    start: () => [aboutResponse('created'), aboutResponse('in_progress')],
    push({ thinking, content, toolCallDeltas, logprobs }) {
      const events: ResponseEvent[] = [];
      // Text may lag behind its tokens while it could still be a tag.
      heldLogprobs = heldLogprobs.length === 0 ? logprobs : [...heldLogprobs, ...logprobs];
      if (thinking !== '') {
        events.push(...append('reasoning', () => openReasoning(newId('rs')), thinking, []));
      }
      if (content !== '') {
        events.push(...append('message', () => openMessage(newId('msg')), content, heldLogprobs));
      }
      for (const delta of toolCallDeltas) events.push(...pushCall(delta));
      // Only a message's tokens have a place to be told.
      if (events.length > 0) heldLogprobs = [];
      return events;
    },
    finish(counts) {
      const isCutOff = counts.reason === 'length';
      const hasAnswer =
        open?.kind === 'message' || open?.kind === 'call' || output.some(({ type }) => type !== 'reasoning');
      const events = hasAnswer || isCutOff ? [] : opened(openMessage(newId('msg')));
      // Ollama calls every response completed, and its clients wait for that event; what was cut off is the item.
      events.push(...close(isCutOff ? 'incomplete' : 'completed'));
      state = { status: 'completed', completedAt: now(), counts, error: null };
      return [...events, aboutResponse('completed')];
    },
    fail({ message, param }) {
      const events = close('incomplete');
      state = { ...state, status: 'failed', error: { code: 'server_error', message } };
      const error = { code: 'server_error', message, param: param ?? null };
      // The official client throws on an event named so from version 7 on, before on any that has this field.
      return [...events, aboutResponse('failed'), numbered({ type: 'error', ...error, error })];
    },
  };
}

interface FunctionName {
  readonly name: string;
  readonly namespace?: string;
}

/** From the name that the model writes to the two that the client knows. */
function namespacedFunctions({ tools }: ResponseRequest): ReadonlyMap<string, FunctionName> {
  return new Map(
    tools.flatMap((tool) => {
      if (tool.type === 'function') return [];
      return tool.tools.map(({ name }) => [`${tool.name}.${name}`, { name, namespace: tool.name }] as const);
    }),
  );
}
