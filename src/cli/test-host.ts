/** A host for tests: streams in memory, and a real HTTP server on a free port whose replies the test writes. */
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { Settings } from '../config/settings.ts';
import type { BackgroundServer, CommandLineHost, ServeOptions } from './command-line-host.ts';
import type { JsonRecord } from './json-fields.ts';

interface SeenRequest {
  readonly path: string;
  readonly body: JsonRecord;
}

/** `lines` are sent as NDJSON one by one, `json` is one reply, `write` does what the test wants. */
export type Reply =
  | { readonly status?: number; readonly json: unknown }
  | { readonly lines: readonly unknown[] }
  | { readonly write: (response: http.ServerResponse) => void };

export type Routes = Readonly<Record<string, (body: JsonRecord) => Reply>>;

export interface TestServer {
  readonly port: number;
  readonly requests: SeenRequest[];
  /** What has been uploaded, by digest; HEAD finds what is in it. */
  readonly blobs: Map<string, Buffer>;
  close(): Promise<void>;
}

export async function startTestServer(routes: Routes): Promise<TestServer> {
  const requests: SeenRequest[] = [];
  const blobs = new Map<string, Buffer>();
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const [, digest] = /^\/api\/blobs\/(.+)$/.exec(request.url ?? '') ?? [];
      if (digest !== undefined) {
        if (request.method === 'POST') blobs.set(digest, Buffer.concat(parts));
        response.statusCode = request.method === 'POST' ? 201 : blobs.has(digest) ? 200 : 404;
        response.end();
        return;
      }
      const body = JSON.parse(Buffer.concat(parts).toString() || '{}') as JsonRecord;
      requests.push({ path: request.url ?? '', body });
      const route = routes[request.url ?? ''];
      answer(response, route?.(body) ?? { status: 404, json: { error: 'no such route' } });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    blobs,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: http.ServerResponse, reply: Reply): void {
  if ('write' in reply) reply.write(response);
  else if ('lines' in reply) {
    for (const line of reply.lines) response.write(JSON.stringify(line) + '\n');
    response.end();
  } else {
    response.statusCode = reply.status ?? 200;
    response.end(JSON.stringify(reply.json));
  }
}

export interface TestHostOptions {
  readonly port: number;
  /** What is piped in; undefined = stdin is a terminal. */
  readonly piped?: string;
  /** Columns of the terminal on stdout; undefined = stdout is a pipe. */
  readonly columns?: number;
  /** Columns of the terminal on stderr; undefined = stderr is a pipe. */
  readonly stderrColumns?: number;
  readonly startBackgroundServer?: () => Promise<BackgroundServer>;
  /** What OLLAMA_HOST names, other than the test's own server. */
  readonly hostname?: string;
  readonly noHistory?: boolean;
}

export class TestHost implements CommandLineHost {
  readonly version = '1.2.3';
  readonly stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (raw: boolean) => (this.rawMode = raw),
  });
  readonly stdinIsTerminal: boolean;
  readonly stdout;
  readonly stderr;
  readonly homeDir = mkdtempSync(path.join(tmpdir(), 'corral-cli-'));
  readonly served: ServeOptions[] = [];
  rawMode = false;
  written = '';
  told = '';
  startedServers = 0;
  onWrite: (text: string) => void = () => {};
  #interrupt: () => void = () => {};
  readonly #options: TestHostOptions;

  constructor(options: TestHostOptions) {
    this.#options = options;
    this.stdinIsTerminal = options.piped === undefined;
    if (options.piped !== undefined) this.stdin.end(options.piped);
    this.stdout = Object.assign(new PassThrough(), {
      isTTY: options.columns !== undefined,
      columns: options.columns ?? 80,
      rows: 24,
    });
    this.stderr = Object.assign(new PassThrough(), {
      isTTY: options.stderrColumns !== undefined,
      columns: options.stderrColumns ?? 80,
      rows: 24,
    });
    this.stdout.on('data', (part: Buffer) => {
      this.written += part.toString();
      this.onWrite(part.toString());
    });
    this.stderr.on('data', (part: Buffer) => (this.told += part.toString()));
  }

  loadSettings(): Settings {
    return {
      host: { scheme: 'http', hostname: this.#options.hostname ?? '127.0.0.1', port: this.#options.port },
      homeDir: this.homeDir,
      modelsDir: path.join(this.homeDir, 'models'),
      keepAliveMs: 300_000,
      loadTimeoutMs: 300_000,
      contextTokens: 0,
      numParallel: 0,
      maxLoadedModels: 0,
      maxQueue: 512,
      origins: [],
      logLevel: 'info',
      logRequests: false,
      flashAttention: 'auto',
      kvCacheType: 'f16',
      goTemplate: undefined,
      registryMirror: undefined,
      registryFallback: false,
      registryAuthHosts: [],
      downloadLimitBytes: 0,
      proxy: { https: undefined, http: undefined, except: [] },
      certificateFile: undefined,
      extraCertificateFile: undefined,
      noPrune: false,
      noHistory: this.#options.noHistory === true,
      cloudDisabledBy: 'none',
      editor: undefined,
      memoryLimitBytes: 0,
      kvCells: 0,
      threads: 0,
      prefixCacheBytes: 4 * 1024 ** 3,
      prefixKeyFile: undefined,
      speculation: true,
      splitWeights: true,
      libraryDir: undefined,
      gpuEnvironment: {},
    };
  }

  async serve(options: ServeOptions): Promise<number> {
    this.served.push(options);
    return await Promise.resolve(7);
  }

  async startBackgroundServer(): Promise<BackgroundServer> {
    this.startedServers += 1;
    return await (this.#options.startBackgroundServer?.() ??
      Promise.reject(new Error('the test wants no background server')));
  }

  onInterrupt(listener: () => void): () => void {
    this.#interrupt = listener;
    return () => (this.#interrupt = () => {});
  }

  async suspend(): Promise<void> {
    await Promise.resolve();
  }

  interrupt(): void {
    this.#interrupt();
  }

  dispose(): void {
    rmSync(this.homeDir, { recursive: true, force: true });
  }
}
