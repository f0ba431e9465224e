/**
 * The one way into the network: a request on a kept-alive connection, through the proxy that the settings say, checked against the
 * trusted authorities. No redirect is followed and no error status judged here. `undici` is loaded with the first request, because a
 * server that never pulls should not pay for it.
 */
import type { SecureContext } from 'node:tls';
import type * as Undici from 'undici';
import type { buildConnector, Dispatcher } from 'undici';
import type { ProxySettings } from '../../config/settings.ts';
import { chooseProxy } from './choose-proxy.ts';
import { receiveRing } from './receive-ring.ts';
import { trustedCertificates, type CertificateFiles } from './trusted-certificates.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as it comes; `content-length` has to say its size. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** How long the reply's head may take once the request is sent. */
  readonly replyTimeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  /** A header's first value; undefined where it is absent. */
  header(name: string): string | undefined;
  /**
   * To be read to its end, or given up with `discard`. Waits for bytes without limit. What it gave is overwritten once more is asked for
   * (`receive-ring.ts`): who keeps bytes copies them.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends a reply whose body is not wanted. */
  discard(): void;
}

export interface HttpClient {
  /** Rejects with the network's own error; see `network-fault.ts`. */
  send(request: HttpRequest): Promise<HttpReply>;
  close(): Promise<void>;
}

export interface HttpClientOptions extends CertificateFiles {
  readonly proxy: ProxySettings;
}

/** Slow VPNs take seconds to connect; longer means nobody is there. */
const connectTimeoutMs = 15_000;

/** A body that is not wanted is read to its end if it is this short, so that the connection can be used again. */
const discardableBytes = 64 * 1024;

export function createHttpClient(options: HttpClientOptions): HttpClient {
  let network: Promise<Network> | undefined;

  return {
    async send({ method, url, headers, body, replyTimeoutMs, signal }) {
      network ??= openNetwork(options);
      const { request, dispatcherFor } = await network;
      const reply = await request(url, {
        method,
        headers,
        body: (body as Uint8Array | undefined) ?? null,
        headersTimeout: replyTimeoutMs,
        bodyTimeout: 0,
        dispatcher: await dispatcherFor(url),
        signal,
      });
      // What breaks a body is told to who reads it; nobody has to read it.
      reply.body.on('error', () => {});
      return {
        status: reply.statusCode,
        header(name) {
          const value = reply.headers[name];
          return typeof value === 'string' ? value : value?.[0];
        },
        body: reply.body,
        discard() {
          const length = Number(reply.headers['content-length'] ?? Infinity);
          if (method === 'HEAD' || length <= discardableBytes) reply.body.resume();
          else reply.body.destroy();
        },
      };
    },
    async close() {
      if (network === undefined) return;
      await (await network).close();
      network = undefined;
    },
  };
}

interface Network {
  readonly request: typeof Undici.request;
  readonly dispatcherFor: (url: URL) => Promise<Dispatcher>;
  readonly close: () => Promise<void>;
}

async function openNetwork({ proxy, ...files }: HttpClientOptions): Promise<Network> {
  const { Agent, ProxyAgent, buildConnector, request } = await import('undici');
  const dispatchers = new Map<string, Promise<Dispatcher>>();
  let certificates: Promise<SecureContext> | undefined;

  async function open(uri: string | undefined, isSecure: boolean): Promise<Dispatcher> {
    // Only who speaks TLS pays for reading the authorities.
    const tls = isSecure ? { secureContext: await (certificates ??= trustedCertificates(files)) } : {};
    const connect = { ...tls, timeout: connectTimeoutMs };
    if (uri === undefined) {
      const ringed: buildConnector.connector = (target, callback) =>
        buildConnector({ ...connect, onread: receiveRing() })(target, callback);
      return new Agent({ connect: ringed });
    }
    // Plain HTTP goes through a proxy as it is, without a tunnel: many permit tunnels to port 443 alone.
    return new ProxyAgent({ uri, proxyTunnel: false, requestTls: connect, proxyTls: connect, connect });
  }

  return {
    request,
    dispatcherFor(url) {
      const uri = chooseProxy(url, proxy);
      const isSecure = url.protocol === 'https:' || uri?.startsWith('https:') === true;
      const key = `${isSecure} ${uri}`;
      const opening = dispatchers.get(key) ?? open(uri, isSecure);
      dispatchers.set(key, opening);
      return opening;
    },
    async close() {
      // One that could not be opened has nothing to be closed.
      await Promise.all(
        [...dispatchers.values()].map((opening) => opening.then((one) => one.destroy()).catch(() => {})),
      );
    },
  };
}
