/** Files and batches, put together: where they lie, their routes, and how their requests and everybody else's get along. */
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../../config/settings.ts';
import type { Logger } from '../../core/logger.ts';
import { openBatchStore } from '../../store/batch/batch-store.ts';
import { openFileStore } from '../../store/batch/file-store.ts';
import { createBatchRunner } from '../../usecases/batch/batch-runner.ts';
import type { Route } from '../exchange.ts';
import { batchRoutes } from './batch-routes.ts';
import { createDispatcher } from './dispatcher.ts';
import { fileRoutes } from './file-routes.ts';
import { createForeground } from './foreground.ts';

export interface BatchesOptions {
  readonly settings: Pick<Settings, 'homeDir'>;
  readonly logger: Logger;
  readonly app: () => FastifyInstance;
  /** All there are. */
  readonly routes: () => readonly Route[];
}

export interface Batches {
  readonly routes: readonly Route[];
  /** A request begins to be answered: `signal` with what cancels a batch's, and `leave`, to be called at its end. */
  enter(request: IncomingMessage, signal: AbortSignal): { readonly signal: AbortSignal; readonly leave: () => void };
  /** Goes on with what was not ended when the server stopped. */
  start(): void;
  close(): Promise<void>;
}

/** Long transfers, and what takes no computing: batches need not stand back for these. */
const background = /^\/(?:v1\/(?:files|batches)|api\/(?:pull|push|blobs))(?:[/?]|$)/;

export function createBatches({ settings, logger, app, routes }: BatchesOptions): Batches {
  // Beside the models folder, not in it: that is shared with Ollama.
  const folder = path.join(settings.homeDir, 'corral-batches');
  const files = openFileStore(path.join(folder, 'files'));
  const foreground = createForeground();
  const dispatcher = createDispatcher(app);
  const runner = createBatchRunner({
    files,
    batches: openBatchStore(path.join(folder, 'batches')),
    logger,
    dispatch: (route, body, signal) => dispatcher.dispatch(route, body, signal),
    whenIdle: (signal) => foreground.whenIdle(signal),
  });
  const paths = () => routes().map((route) => route.path);
  return {
    routes: [...fileRoutes(files), ...batchRoutes({ runner, files, paths })],
    enter(request, signal) {
      const dispatched = dispatcher.signalOf(request);
      if (dispatched !== undefined) return { signal: AbortSignal.any([signal, dispatched]), leave: () => {} };
      const { method, url = '' } = request;
      const isWaitedFor = method === 'POST' && !background.test(url);
      return { signal, leave: isWaitedFor ? foreground.enter() : () => {} };
    },
    start: () => runner.start(),
    close: () => runner.close(),
  };
}
