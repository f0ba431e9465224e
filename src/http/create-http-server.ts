/**
 * The HTTP door. Fastify routes; everything else (bodies, replies, streams, errors) goes through Node's own request and response,
 * because the rules are those of Ollama's Go server, and because a generated token should cost one write.
 *
 * Order for every request: its id, origin check, host check, route. Whatever a handler throws ends in `error-reply.ts`.
 */
import { hostname as machineHostname, networkInterfaces } from 'node:os';
import type { IncomingMessage, ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import { runAsClient } from '../core/current-client.ts';
import type { UseCaseParts } from '../usecases/use-case-parts.ts';
import { messagesRoutes } from './anthropic/messages-routes.ts';
import { createBatches } from './batch/create-batches.ts';
import { clientKey } from './client-key.ts';
import { createErrorReplier } from './error-reply.ts';
import type { Exchange, Route } from './exchange.ts';
import { createHostPolicy } from './host-policy.ts';
import { decideNoRoute } from './no-route.ts';
import { answerRoutes } from './ollama/answer-routes.ts';
import { blobRoutes } from './ollama/blob-routes.ts';
import { createRoutes } from './ollama/create-routes.ts';
import { embedRoutes } from './ollama/embed-routes.ts';
import { modelRoutes } from './ollama/model-routes.ts';
import { registryRoutes } from './ollama/registry-routes.ts';
import { serverRoutes } from './ollama/server-routes.ts';
import { tokenRoutes } from './ollama/token-routes.ts';
import { prefixRoutes } from './ollama/prefix-routes.ts';
import { verifyRoutes } from './ollama/verify-routes.ts';
import { openaiRoutes } from './openai/openai-routes.ts';
import { responseRoutes } from './openai/response-routes.ts';
import { openapiRoute } from './openapi/openapi-route.ts';
import { createOriginPolicy } from './origin-policy.ts';
import { ignoredHeader } from './ignored-header.ts';
import { requestId, requestIdHeader, requestIdOf } from './request-id.ts';
import { rerankRoutes } from './rerank-routes.ts';
import { usageHeader } from './usage-header.ts';
import { writeEmpty, writeText } from './write-reply.ts';

export interface HttpServerOptions extends UseCaseParts {
  /** For /api/version. */
  readonly version: string;
}

// A client that takes longer to send its headers is not one; the default of 60 s keeps a dead connection that long.
const headersTimeoutMs = 15_000;

/** Idle connections are closed after this; clients reuse theirs within seconds. */
const keepAliveTimeoutMs = 75_000;

// Node takes no longer header than this, path and all.
const maxParamBytes = 16 * 1024;

const keepAliveProbeMs = 30_000;

/** Throws `bad_setting` for an origin that can't be one. Nothing listens yet; see `listen.ts`. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { settings, logger } = options;
  const origins = createOriginPolicy(settings.origins);
  const hosts = createHostPolicy({
    listensOn: settings.host.hostname,
    machineName: machineHostname(),
    ownAddresses: () => Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address)),
  });
  const errors = createErrorReplier({ logger, privateFolders: [settings.modelsDir, settings.homeDir] });
  const batches = createBatches({ settings, logger, app: () => app, routes: () => routes });
  const routes: readonly Route[] = [
    ...serverRoutes(options.version, settings),
    ...modelRoutes(options),
    ...blobRoutes(options),
    ...embedRoutes(options),
    ...answerRoutes(options),
    ...createRoutes(options),
    ...registryRoutes(options),
    ...verifyRoutes(options),
    ...prefixRoutes(options),
    ...openaiRoutes(options),
    ...responseRoutes(options),
    ...messagesRoutes(options),
    ...tokenRoutes(options),
    ...rerankRoutes(options),
    ...batches.routes,
    openapiRoute(() => routes, options.version),
  ];

  const app = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    // What is no digest is told so, however long it is.
    routerOptions: { maxParamLength: maxParamBytes },
    // A model's weights may take hours to arrive: whoever reads a body sets its limit.
    requestTimeout: 0,
    keepAliveTimeout: keepAliveTimeoutMs,
    // The system asks whether a silent client still lives: one may wait minutes for a model to load.
    http: { headersTimeout: headersTimeoutMs, keepAlive: true, keepAliveInitialDelay: keepAliveProbeMs },
    // A URL that can't be decoded leads nowhere.
    frameworkErrors: (_error, request, reply) => {
      reply.hijack();
      reply.raw.setHeader(requestIdHeader, requestId(request.raw));
      writeText(reply.raw, 404, notFoundText);
    },
    // Bodies are checked by our own schemas. Without these Fastify would load its two compilers, a tenth of the start.
    schemaController: { compilersFactory: noCompilers },
  });
  app.removeAllContentTypeParsers();
  // Whatever the type says: handlers read the body themselves.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  /** Answers a request that may not pass; false = it may. */
  function isTurnedAway(request: IncomingMessage, response: ServerResponse): boolean {
    const { headers, method = '' } = request;
    const host = headers.host ?? '';
    const origin = origins.decide({ origin: headers.origin, host, method });
    if (origin.type === 'forbidden') {
      writeEmpty(response, 403);
      return true;
    }
    if (origin.type === 'allowed') {
      for (const [name, value] of Object.entries(origin.headers)) response.setHeader(name, value);
      response.setHeader('Access-Control-Expose-Headers', exposedHeaders);
      if (method === 'OPTIONS') {
        writeEmpty(response, 204);
        return true;
      }
    }
    if (hosts.accepts(host) && !(method === 'OPTIONS' && hosts.isAcceptedName(host))) return false;
    writeEmpty(response, hosts.accepts(host) ? 204 : 403);
    return true;
  }

  async function answer({ handle, errors: shape }: Route, exchange: Omit<Exchange, 'signal'>): Promise<void> {
    const { request, response } = exchange;
    const controller = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) controller.abort();
    });
    // A connection that broke has closed too, which is all there is to know of it.
    response.on('error', () => {});
    const { signal, leave } = batches.enter(request, controller.signal);
    try {
      await runAsClient(clientKey(request), () => handle({ ...exchange, signal }));
    } catch (thrown) {
      errors.reply(request, response, thrown, shape);
    } finally {
      leave();
    }
  }

  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.setHeader(requestIdHeader, requestId(request.raw));
    if (settings.logRequests) logRequest(request.raw, reply.raw);
    if (isTurnedAway(request.raw, reply.raw)) reply.hijack();
    else done();
  });

  function logRequest(request: IncomingMessage, response: ServerResponse): void {
    const startedAtMs = performance.now();
    response.once('close', () => {
      logger.info('request', {
        method: request.method,
        path: request.url?.split('?')[0],
        status: response.headersSent ? response.statusCode : undefined,
        ms: Math.round(performance.now() - startedAtMs),
        from: request.socket.remoteAddress,
        id: requestIdOf(response),
      });
    });
  }

  for (const route of routes) {
    app.route({
      url: route.path,
      method: [...route.methods],
      handler(request, reply) {
        reply.hijack();
        const params = request.params as Exchange['params'];
        void answer(route, { request: request.raw, response: reply.raw, params });
      },
    });
  }
  app.addHook('onListen', (done) => {
    batches.start();
    done();
  });
  app.addHook('onClose', () => batches.close());
  app.setNotFoundHandler((request, reply) => {
    reply.hijack();
    replyNoRoute(routes, request.raw, reply.raw);
  });
  return app;
}

/** What a page of an allowed origin may read; Anthropic's client looks for the id under a name of its own. */
const exposedHeaders = [requestIdHeader, 'Request-Id', usageHeader, ignoredHeader].join(', ');

// No route has a schema, so these are never called. Fastify's types ask for its own compilers' overloads.
const noCompilers = { buildValidator: () => () => () => true, buildSerializer: () => () => () => '' } as never;
const notFoundText = '404 page not found';

function replyNoRoute(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): void {
  const decision = decideNoRoute(routes, request.method ?? '', request.url ?? '');
  switch (decision.type) {
    case 'redirect':
      response.setHeader('Location', decision.location);
      writeEmpty(response, decision.status);
      break;
    case 'wrong method':
      response.setHeader('Allow', decision.allow);
      writeText(response, 405, '405 method not allowed');
      break;
    case 'not found':
      writeText(response, 404, notFoundText);
      break;
  }
}
