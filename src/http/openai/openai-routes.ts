/** OpenAI's API: the same models and use cases behind other words. */
import type { UseCaseParts } from '../../usecases/use-case-parts.ts';
import type { Route } from '../exchange.ts';
import { chatCompletionsRoute } from './chat-completions-route.ts';
import { completionsRoute } from './completions-route.ts';
import { embeddingsRoute } from './embeddings-route.ts';
import { modelsRoutes } from './models-routes.ts';

export function openaiRoutes(parts: UseCaseParts): readonly Route[] {
  return [chatCompletionsRoute(parts), completionsRoute(parts), embeddingsRoute(parts), ...modelsRoutes(parts)];
}
