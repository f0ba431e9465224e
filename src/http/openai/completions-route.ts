/** POST /v1/completions. */
import { completionRequestSchema } from '../../api/openai/completion-request.ts';
import { planCompletion, toContinuation } from '../../api/openai/to-continuation.ts';
import { bestAnswers } from '../../usecases/best-answers.ts';
import { notFoundPlain } from '../../usecases/find-model.ts';
import { generate } from '../../usecases/generate.ts';
import { severalAnswers } from '../../usecases/several-answers.ts';
import { textsOfInputs } from '../../usecases/texts-of-inputs.ts';
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { readRequest } from '../read-request.ts';
import { tellUsage } from '../usage-header.ts';
import { writeJson } from '../write-reply.ts';
import { collectAnswers } from './collect-answers.ts';
import { createCompletionChunks, wholeCompletion, type CompletionReplyOptions } from './completion-reply.ts';
import { openaiErrors } from './openai-errors.ts';
import { newReplyIdentity } from './reply-identity.ts';
import { streamAnswers } from './stream-answers.ts';
import { usageOf } from './usage-count.ts';

const missingModel = { whenEmpty: 'not found', notFound: notFoundPlain } as const;

export function completionsRoute(parts: UseCaseParts): Route {
  return {
    path: '/v1/completions',
    methods: ['POST'],
    api: { summary: 'Go on with a text', request: completionRequestSchema, replies: ['json', 'sse'] },
    errors: openaiErrors,
    async handle({ request, response, signal }) {
      const order = await readRequest(request, completionRequestSchema);
      const { prompts: inputs, candidates, choices } = planCompletion(order);
      const { model } = order;
      const prompts = await textsOfInputs({ model, inputs, param: 'prompt', texts: missingModel }, parts, signal);
      const ranks = candidates > choices;
      const starts = prompts.flatMap((prompt) =>
        Array.from(
          { length: candidates },
          (_, candidate) => (ending: AbortSignal) =>
            generate(toContinuation(order, prompt, candidate, ranks), parts, ending),
        ),
      );
      const events = severalAnswers(starts, signal);
      const includesUsage = order.stream_options.include_usage;
      const options: CompletionReplyOptions = {
        identity: newReplyIdentity('cmpl', model),
        logprobs: order.logprobs,
        includesUsage,
        before: order.echo ? prompts : [],
        choicesPerPrompt: choices,
      };
      if (order.stream) {
        await streamAnswers(response, events, createCompletionChunks(options), includesUsage);
        return;
      }
      const answers = await collectAnswers(events, starts.length);
      const usage = usageOf(answers, candidates);
      const told = prompts.flatMap((_, prompt) => {
        const made = answers.slice(prompt * candidates, (prompt + 1) * candidates);
        return ranks ? bestAnswers(made, choices) : made;
      });
      tellUsage(response, usage.usage());
      writeJson(response, 200, wholeCompletion(told, usage, options));
    },
  };
}
