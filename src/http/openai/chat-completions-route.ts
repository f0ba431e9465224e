/** POST /v1/chat/completions. */
import { chatCompletionRequestSchema } from '../../api/openai/chat-completion-request.ts';
import { toConversation } from '../../api/openai/to-conversation.ts';
import { chat } from '../../usecases/chat.ts';
import { severalAnswers } from '../../usecases/several-answers.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { readRequest } from '../read-request.ts';
import { tellingUnheldTools } from '../telling-unheld-tools.ts';
import { tellUsage } from '../usage-header.ts';
import { writeJson } from '../write-reply.ts';
import { createChatChunks, wholeChatCompletion, type ChatReplyOptions } from './chat-completion-reply.ts';
import { collectAnswers } from './collect-answers.ts';
import { namingFormat } from './naming-format.ts';
import { openaiErrors } from './openai-errors.ts';
import { newReplyIdentity } from './reply-identity.ts';
import { streamAnswers } from './stream-answers.ts';
import { usageOf } from './usage-count.ts';

export function chatCompletionsRoute(parts: UseCaseParts): Route {
  return {
    path: '/v1/chat/completions',
    methods: ['POST'],
    api: { summary: 'Answer a conversation', request: chatCompletionRequestSchema, replies: ['json', 'sse'] },
    errors: openaiErrors,
    async handle({ request, response, signal }) {
      const order = await readRequest(request, chatCompletionRequestSchema);
      const conversation = toConversation(order);
      const tellsBegin = order.tools.length > 0;
      const starts = Array.from(
        { length: order.n },
        (_, choice) => (ending: AbortSignal) =>
          tellingUnheldTools(chat({ ...conversation(choice), tellsBegin }, parts, ending), response),
      );
      const events = namingFormat(severalAnswers(starts, signal), 'response_format');
      const includesUsage = order.stream_options.include_usage;
      const options: ChatReplyOptions = {
        identity: newReplyIdentity('chatcmpl', order.model),
        wantsLogprobs: order.logprobs,
        includesUsage,
        tellsTier: order.service_tier !== undefined,
      };
      if (order.stream && !order._debug_render_only) {
        await streamAnswers(response, events, createChatChunks(options), includesUsage);
      } else {
        const answers = await collectAnswers(events, order.n);
        const usage = usageOf(answers, order.n);
        tellUsage(response, usage.usage());
        writeJson(response, 200, wholeChatCompletion(answers, usage, options));
      }
    },
  };
}
