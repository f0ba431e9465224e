/** For tests: the real HTTP server with the real store of the starter models, on a free port, before a scripted runner. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { readSettings } from '../config/read-settings.ts';
import { createLogger } from '../core/logger.ts';
import { createRegistryClient } from '../registry/registry-client.ts';
import type { ResidentModel } from '../scheduler/model-pool.ts';
import { createBlobStore } from '../store/create-blob-store.ts';
import { createManifestStore } from '../store/create-manifest-store.ts';
import { openModelStore } from '../store/model-store.ts';
import {
  scriptedPool,
  scriptedRunner,
  type Script,
  type ScriptedPool,
  type ScriptedRunner,
} from '../usecases/test-runner.ts';
import { noQuantiser } from '../usecases/test-quantiser.ts';
import { createHttpServer } from './create-http-server.ts';

export interface TestServer {
  readonly port: number;
  readonly runner: ScriptedRunner;
  readonly pool: ScriptedPool;
  readonly logLines: string[];
  close(): Promise<void>;
}

export interface TestServerOptions {
  readonly script: Script;
  readonly resident?: readonly ResidentModel[];
  readonly environment?: Readonly<Record<string, string>>;
}

export const starterDir = fileURLToPath(new URL('../../starter', import.meta.url));

/** Reads the starter models themselves; a test that writes sets OLLAMA_MODELS to a folder of its own. */
export async function startTestServer({ script, resident, environment = {} }: TestServerOptions): Promise<TestServer> {
  const logLines: string[] = [];
  const logger = createLogger('debug', (line) => logLines.push(line));
  const { settings } = readSettings({ OLLAMA_MODELS: starterDir, ...environment }, '/nonexistent');
  const runner = scriptedRunner(script);
  const pool = scriptedPool(runner, resident);
  const { modelsDir, noPrune } = settings;
  const store = openModelStore({ modelsDir, logger });
  const blobs = createBlobStore({ modelsDir, logger });
  const manifests = createManifestStore({ modelsDir, blobs, noPrune, logger });
  const registry = createRegistryClient(settings, '9.9.9');
  const app = createHttpServer({
    store,
    blobs,
    manifests,
    registry,
    pool,
    quantise: noQuantiser,
    settings,
    logger,
    version: '9.9.9',
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const close = async () => {
    await app.close();
    await registry.close();
  };
  return { port, runner, pool, logLines, close };
}

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export function send(port: number, path: string, options: SendOptions = {}): Promise<Reply> {
  const { body } = options;
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const method = options.method ?? (body === undefined ? 'GET' : 'POST');
  // Node frames the body of a DELETE only when its length is said.
  const length = payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) };
  return new Promise((resolve, reject) => {
    const target = {
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { ...length, ...options.headers },
      agent: false as const,
    };
    const request = http.request(target, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(payload);
  });
}

export function parseLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no end');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Resolves once `condition` holds; the test's own time limit ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
