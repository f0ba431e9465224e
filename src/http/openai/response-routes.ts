/** /v1/responses: made, read again, deleted. */
import { randomUUID } from 'node:crypto';
import { decodeGoJson } from '../../api/go-json-decode.ts';
import { responseRequestSchema } from '../../api/openai/response-request.ts';
import { parseWire } from '../../api/wire-schema.ts';
import { CorralError } from '../../core/corral-error.ts';
import { chat } from '../../usecases/chat.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Exchange, Route } from '../exchange.ts';
import { queryOf } from '../query-of.ts';
import { readEncodedBody } from '../read-encoded-body.ts';
import { createWireErrors } from '../wire-error.ts';
import { tellingUnheldTools } from '../telling-unheld-tools.ts';
import { writeJson } from '../write-reply.ts';
import { responseConversation } from './response-conversation.ts';
import { createResponseBuilder } from './response-builder.ts';
import { responseErrors, withParam } from './response-errors.ts';
import { resolveInput } from './response-input.ts';
import { inputItemPage } from './response-input-page.ts';
import type { OutputItem } from './response-object.ts';
import { replyWithResponse } from './response-reply.ts';
import { createResponseStore } from './response-store.ts';

const newId = (prefix: string) => `${prefix}_${randomUUID().replaceAll('-', '')}`;
const nowSeconds = () => Math.floor(Date.now() / 1000);

export function responseRoutes(parts: UseCaseParts): readonly Route[] {
  const store = createResponseStore();
  const { modelsDir, homeDir } = parts.settings;
  const toWireError = createWireErrors([modelsDir, homeDir]);

  async function create({ request, response, signal }: Exchange): Promise<void> {
    const order = parseWire(responseRequestSchema, decodeGoJson(await readEncodedBody(request)));
    const { input, conversation } = resolveInput(order, store, newId);
    const asked = { ...responseConversation(order, conversation), tellsBegin: order.tools.length > 0 };
    const events = tellingUnheldTools(chat(asked, parts, signal), response);
    const builder = createResponseBuilder({ id: newId('resp'), request: order, newId, now: nowSeconds });
    await replyWithResponse(response, {
      events,
      builder,
      streams: order.stream,
      toWireError,
      onDone: (made) => {
        if (order.store)
          store.put({ response: made, input, conversation: [...conversation, ...made.output.filter(isWhole)] });
      },
    });
  }

  const byId = '/v1/responses/:id';
  const routes: readonly Route[] = [
    {
      path: '/v1/responses',
      methods: ['POST'],
      api: { summary: 'Answer items of a conversation', request: responseRequestSchema, replies: ['json', 'sse'] },
      async handle(exchange) {
        try {
          await create(exchange);
        } catch (thrown) {
          throw withParam(thrown);
        }
      },
    },
    {
      path: byId,
      methods: ['GET'],
      api: { summary: 'A response that was kept' },
      handle({ request, response, params }) {
        refuseReplay(queryOf(request));
        writeJson(response, 200, store.get(idOf(params)).response);
      },
    },
    {
      path: byId,
      methods: ['DELETE'],
      api: { summary: 'Forget a response' },
      handle({ response, params }) {
        const id = idOf(params);
        store.remove(id);
        writeJson(response, 200, { id, object: 'response', deleted: true });
      },
    },
    {
      path: `${byId}/input_items`,
      methods: ['GET'],
      api: { summary: 'What a response answered' },
      handle({ request, response, params }) {
        writeJson(response, 200, inputItemPage(store.get(idOf(params)).input, queryOf(request)));
      },
    },
    {
      path: `${byId}/cancel`,
      methods: ['POST'],
      api: { summary: 'Refused: no response is made in the background' },
      handle({ params }) {
        store.get(idOf(params));
        throw new CorralError('bad_request', 'Cannot cancel a synchronous response.', {
          hint: 'Close the connection to end a response that is being made.',
        });
      },
    },
  ];
  return routes.map((route) => ({ ...route, errors: responseErrors }));
}

/** A call that was cut off can't be shown to the model again: its arguments are no JSON. */
function isWhole({ type, status }: OutputItem): boolean {
  return type !== 'function_call' || status === 'completed';
}

function idOf(params: Exchange['params']): string {
  return params['id'] ?? '';
}

/** OpenAI plays the events again of responses that were made in the background, which are none. */
function refuseReplay(query: URLSearchParams): void {
  for (const name of ['stream', 'starting_after']) {
    const value = query.get(name);
    if (value === null || value === 'false') continue;
    throw new CorralError('bad_request', `invalid value for "${name}": only a response as it is made can be streamed`, {
      param: name,
    });
  }
}
