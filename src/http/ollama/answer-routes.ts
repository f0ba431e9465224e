/** POST /api/generate and /api/chat. */
import { chatRequestSchema } from '../../api/ollama/chat-request.ts';
import { generateRequestSchema } from '../../api/ollama/generate-request.ts';
import { createTimestamps } from '../../api/wire-time.ts';
import { chat } from '../../usecases/chat.ts';
import { generate } from '../../usecases/generate.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { readRequest } from '../read-request.ts';
import { replyWithAnswer } from './answer-reply.ts';
import { createChatWriter } from './chat-writer.ts';
import { createGenerateWriter } from './generate-writer.ts';

export function answerRoutes(parts: UseCaseParts): readonly Route[] {
  const timestamp = createTimestamps();
  return [
    {
      path: '/api/generate',
      methods: ['POST'],
      async handle({ request, response, signal }) {
        const order = await readRequest(request, generateRequestSchema);
        const writer = createGenerateWriter(order.model, timestamp);
        await replyWithAnswer(response, generate(order, parts, signal), writer, order.stream);
      },
    },
    {
      path: '/api/chat',
      methods: ['POST'],
      async handle({ request, response, signal }) {
        const { tool_choice, parallel_tool_calls, ...fields } = await readRequest(request, chatRequestSchema);
        const order = { ...fields, toolChoice: tool_choice, parallelToolCalls: parallel_tool_calls };
        const writer = createChatWriter(order.model, timestamp);
        await replyWithAnswer(response, chat(order, parts, signal), writer, order.stream);
      },
    },
  ];
}
