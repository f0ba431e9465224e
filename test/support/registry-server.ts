/**
 * A registry on a real socket, for tests: the OCI distribution protocol over blobs in memory. What it answers is computed first, as a value;
 * faults (`registry-faults.ts`) are functions from a request and that value to another one.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RegistryRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** From 0, over all requests. */
  readonly number: number;
}

export interface RegistryReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** The connection ends after this many bytes of the body. */
  readonly cutAfterBytes?: number | undefined;
  /** Nothing more comes after this many bytes, and the connection stays open. */
  readonly stallAfterBytes?: number | undefined;
  readonly bytesPerSecond?: number | undefined;
}

export type Fault = (request: RegistryRequest, reply: RegistryReply) => RegistryReply;

export interface RegistryServer {
  /** `127.0.0.1:port`, as in a model's name. */
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  /** By `repository:tag`. */
  readonly manifests: Map<string, Buffer>;
  readonly requests: RegistryRequest[];
  /** Of bodies, as far as they were handed to the socket. */
  sentBytes: number;
  /** Applied in order to every reply. */
  faults: Fault[];
  close(): Promise<void>;
}

const sliceBytes = 16 * 1024;

/** With `rangesIgnored` every blob is sent whole, whatever was asked for. */
export interface RegistryOptions {
  readonly faults?: readonly Fault[];
  readonly rangesIgnored?: boolean;
  /** Speaks TLS with this key and certificate. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
}

export async function startRegistry({
  faults = [],
  rangesIgnored = false,
  tls,
}: RegistryOptions = {}): Promise<RegistryServer> {
  const uploads = new Map<string, Buffer>();
  const sockets = new Set<Socket>();
  let count = 0;

  const listener = (incoming: IncomingMessage, response: ServerResponse) => {
    void answer(incoming, response).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const registry: RegistryServer = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs: new Map(),
    manifests: new Map(),
    requests: [],
    sentBytes: 0,
    faults: [...faults],
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const url = new URL(incoming.url ?? '/', 'http://registry');
    const request: RegistryRequest = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(chunks),
      number: count++,
    };
    registry.requests.push(request);
    const reply = registry.faults.reduce((sofar, fault) => fault(request, sofar), decide(request));
    await write(request, reply, response);
  }

  async function write(request: RegistryRequest, reply: RegistryReply, response: ServerResponse): Promise<void> {
    const body = reply.body ?? Buffer.alloc(0);
    const isChunked = reply.headers?.['transfer-encoding'] !== undefined;
    response.writeHead(reply.status, {
      ...(!isChunked && { 'content-length': String(body.length) }),
      ...reply.headers,
    });
    response.flushHeaders();
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const end = Math.min(body.length, reply.cutAfterBytes ?? Infinity, reply.stallAfterBytes ?? Infinity);
    for (let sent = 0; sent < end && !response.destroyed;) {
      const slice = body.subarray(sent, Math.min(end, sent + sliceBytes));
      if (!response.write(slice)) await drained(response);
      sent += slice.length;
      registry.sentBytes += slice.length;
      if (reply.bytesPerSecond !== undefined) await sleep((slice.length / reply.bytesPerSecond) * 1000);
    }
    if (reply.stallAfterBytes !== undefined) return;
    if (end < body.length || reply.cutAfterBytes !== undefined) {
      // What was written has to leave before the connection breaks.
      await new Promise((resolve) => setImmediate(resolve));
      response.socket?.destroySoon();
      return;
    }
    response.end();
  }

  function decide(request: RegistryRequest): RegistryReply {
    const [, repository = '', kind, rest = ''] = /^\/v2\/(?:(.+)\/(blobs|manifests)\/(.*))?$/.exec(request.path) ?? [];
    if (request.path === '/v2/') return { status: 200 };
    if (kind === 'manifests') return decideManifest(request, `${repository}:${rest}`);
    if (kind === 'blobs' && rest.startsWith('uploads/')) return decideUpload(request, repository, rest.slice(8));
    const blob = registry.blobs.get(rest);
    if (kind !== 'blobs' || blob === undefined) return notFound;
    return rangesIgnored ? { status: 200, body: blob } : decideBlob(request, blob);
  }

  function decideManifest({ method, body }: RegistryRequest, key: string): RegistryReply {
    if (method === 'PUT') registry.manifests.set(key, body);
    const manifest = registry.manifests.get(key);
    return manifest === undefined ? notFound : { status: method === 'PUT' ? 201 : 200, body: manifest };
  }

  function decideUpload(request: RegistryRequest, repository: string, id: string): RegistryReply {
    const mount = request.query.get('mount');
    if (mount !== null && registry.blobs.has(mount)) return { status: 201 };
    const upload = request.method === 'POST' ? randomUUID() : id;
    const received = Buffer.concat([uploads.get(upload) ?? Buffer.alloc(0), request.body]);
    if (request.method !== 'POST' && !uploads.has(upload)) return notFound;
    uploads.set(upload, received);
    const headers = {
      location: `/v2/${repository}/blobs/uploads/${upload}?state=${received.length}`,
      range: `0-${received.length - 1}`,
    };
    if (request.method === 'GET') return { status: 204, headers };
    if (request.method !== 'PUT') return { status: 202, headers };
    uploads.delete(upload);
    const digest = request.query.get('digest') ?? '';
    if (digestOf(received) !== digest)
      return { status: 400, body: Buffer.from('{"errors":[{"code":"DIGEST_INVALID"}]}') };
    registry.blobs.set(digest, received);
    return { status: 201 };
  }

  return registry;
}

const notFound: RegistryReply = { status: 404, body: Buffer.from('{"errors":[{"code":"UNKNOWN"}]}') };

function decideBlob({ headers }: RegistryRequest, blob: Buffer): RegistryReply {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  if (first === undefined) return { status: 200, body: blob };
  const from = Number(first);
  const to = Math.min(Number(last), blob.length - 1);
  if (from > to) return { status: 416 };
  return {
    status: 206,
    headers: { 'content-range': `bytes ${from}-${to}/${blob.length}` },
    body: blob.subarray(from, to + 1),
  };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle);
      resolve();
    };
    response.on('drain', settle).on('close', settle);
  });
}
