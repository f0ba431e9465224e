/** POST /v1/messages and /v1/messages/count_tokens. */
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import {
  countRequestSchema,
  messagesRequestSchema,
  parseCountRequest,
  parseMessagesRequest,
  unknownFields,
  type MessagesRequest,
} from '../../api/anthropic/messages-request.ts';
import { toConversation, toOptions } from '../../api/anthropic/to-conversation.ts';
import { CorralError } from '../../core/corral-error.ts';
import { chat } from '../../usecases/chat.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { AnswerEvent } from '../../usecases/answer-events.ts';
import type { Handler, Route, RouteApi } from '../exchange.ts';
import { tellIgnored } from '../ignored-header.ts';
import { readRequest } from '../read-request.ts';
import { requestIdOf } from '../request-id.ts';
import { sseData, streamSse } from '../stream-sse.ts';
import { tellAnswerUsage } from '../usage-header.ts';
import { writeJson } from '../write-reply.ts';
import { anthropicErrors } from './anthropic-errors.ts';
import { foldMessage } from './fold-message.ts';
import type { MessageEvent } from './message-event.ts';
import { createMessageEvents } from './message-events.ts';
import { pingWhileSilent } from './ping-while-silent.ts';
import { unusedFields } from './unused-fields.ts';

/** Proxies give up on a connection after 30 s or more; Anthropic's own server speaks up every 15 s or so. */
const silentMs = 15_000;

const createsMessage: RouteApi = {
  summary: 'Answer a conversation',
  request: messagesRequestSchema,
  replies: ['json', 'sse'],
};
const countsTokens: RouteApi = { summary: 'Count the tokens of a conversation', request: countRequestSchema };

export function messagesRoutes(parts: UseCaseParts): readonly Route[] {
  return [
    route('/v1/messages', createsMessage, async ({ request, response, signal }) => {
      const body = await readRequest(request, z.unknown());
      const order = parseMessagesRequest(body);
      const events = messageEvents(order, unknownFields(body), response, parts, signal);
      if (!order.stream) {
        writeJson(response, 200, await foldMessage(events));
        return;
      }
      const ping = sseData({ type: 'ping' }, 'ping');
      await streamSse(response, pingWhileSilent(frames(events), ping, silentMs));
    }),
    route('/v1/messages/count_tokens', countsTokens, async ({ request, response, signal }) => {
      const body = await readRequest(request, z.unknown());
      const conversation = toConversation(parseCountRequest(body));
      tellIgnored(response, unknownFields(body));
      const counting = { ...conversation, options: {}, _debug_render_only: true, countsTokens: true };
      writeJson(response, 200, { input_tokens: await countedTokens(chat(counting, parts, signal)) });
    }),
  ];
}

function route(path: string, api: RouteApi, handle: Handler): Route {
  return {
    path,
    methods: ['POST'],
    api,
    errors: anthropicErrors,
    handle(exchange) {
      const { response } = exchange;
      // The id that every reply has, also under the name that Anthropic's clients look for.
      response.setHeader('request-id', requestIdOf(response) ?? '');
      return handle(exchange);
    },
  };
}

async function* messageEvents(
  order: MessagesRequest,
  unknown: readonly string[],
  response: ServerResponse,
  parts: UseCaseParts,
  signal: AbortSignal,
): AsyncGenerator<MessageEvent, void, undefined> {
  const eventsOf = createMessageEvents({
    id: `msg_${randomBytes(12).toString('hex')}`,
    model: order.model,
    maxTokens: order.max_tokens,
    stopSequences: order.stop_sequences,
    showsThinking: order.thinking?.isShown ?? true,
  });
  const conversation = {
    ...toConversation(order),
    options: toOptions(order),
    thinkingBudget: order.thinking?.budgetTokens,
    _debug_render_only: false,
    streamsToolCalls: true,
    tellsBegin: true,
  };
  for await (const event of chat(conversation, parts, signal)) {
    if (event.type === 'begun') tellIgnored(response, [...unknown, ...unusedFields(order, event)]);
    if (event.type === 'done' && !order.stream) tellAnswerUsage(response, event);
    if (event.type === 'begun' || event.type === 'piece' || event.type === 'done') yield* eventsOf(event);
  }
}

async function* frames(events: AsyncIterable<MessageEvent>): AsyncGenerator<string, void, undefined> {
  for await (const event of events) yield sseData(event, event.type);
}

async function countedTokens(events: AsyncIterable<AnswerEvent>): Promise<number> {
  for await (const event of events) {
    if (event.type === 'rendered' && event.promptTokens !== undefined) return event.promptTokens;
  }
  throw new CorralError('runner_failed', 'the prompt was not counted');
}
