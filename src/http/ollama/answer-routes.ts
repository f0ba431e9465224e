/** POST /api/generate and /api/chat. */
import { chatRequestSchema } from '../../api/ollama/chat-request.ts';
import { generateRequestSchema } from '../../api/ollama/generate-request.ts';
import { createTimestamps } from '../../api/wire-time.ts';
import { chat } from '../../usecases/chat.ts';
import { generate } from '../../usecases/generate.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { readRequest } from '../read-request.ts';
import { tellingUnheldTools } from '../telling-unheld-tools.ts';
import { replyWithAnswer } from './answer-reply.ts';
import { createChatWriter } from './chat-writer.ts';
import { createGenerateWriter } from './generate-writer.ts';

export function answerRoutes(parts: UseCaseParts): readonly Route[] {
  const timestamp = createTimestamps();
  return [
    {
      path: '/api/generate',
      methods: ['POST'],
      api: { summary: 'Go on with a prompt', request: generateRequestSchema, replies: ['json', 'ndjson'] },
      async handle({ request, response, signal }) {
        const order = await readRequest(request, generateRequestSchema);
        const writer = createGenerateWriter(order.model, timestamp);
        await replyWithAnswer(response, generate(order, parts, signal), writer, order.stream);
      },
    },
    {
      path: '/api/chat',
      methods: ['POST'],
      api: { summary: 'Answer a conversation', request: chatRequestSchema, replies: ['json', 'ndjson'] },
      async handle({ request, response, signal }) {
        const { tool_choice, parallel_tool_calls, ...fields } = await readRequest(request, chatRequestSchema);
        const choice = { toolChoice: tool_choice, parallelToolCalls: parallel_tool_calls };
        const order = { ...fields, ...choice, tellsBegin: fields.tools.length > 0 };
        const events = tellingUnheldTools(chat(order, parts, signal), response);
        const writer = createChatWriter(order.model, timestamp);
        await replyWithAnswer(response, events, writer, order.stream);
      },
    },
  ];
}
