/**
 * Requests to one repository. It answers the registry's challenges, follows redirects and turns errors into the typed one, so that the
 * verbs (fetch a manifest, a blob, ...) see only replies that worked.
 *
 * Credentials go to the registry's own scheme, host and port alone: they are left out of every request elsewhere, whoever sent us there.
 */
import type { CorralError } from '../core/corral-error.ts';
import { parseAuthChallenge } from './auth/auth-challenge.ts';
import { basicAuthorization, fetchBearerToken, type TokenParts } from './auth/bearer-token.ts';
import type { Credentials } from './auth/credentials-file.ts';
import type { HttpReply, HttpRequest } from './http/http-client.ts';
import { networkFault, type FaultPlace } from './http/network-fault.ts';
import { statusFault } from './http/status-fault.ts';
import { apiUrl, type RegistryAddress } from './registry-address.ts';
import { RegistryError } from './registry-error.ts';

export interface SessionRequest {
  readonly method: HttpRequest['method'];
  readonly url: URL;
  /** What is done, as a noun, for errors. */
  readonly step: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes the body anew for each time it is sent. */
  readonly body?: () => Uint8Array | AsyncIterable<Uint8Array>;
  readonly replyTimeoutMs?: number;
  /** Redirects are followed unless this says that the caller wants to see them. */
  readonly redirects?: 'follow' | 'return';
  /** Error statuses that the caller wants to see. */
  readonly accept?: readonly number[];
  readonly signal: AbortSignal;
}

export interface RegistrySession {
  readonly address: RegistryAddress;
  /** A URL under the repository: `manifests/latest`. */
  url(path: string): URL;
  /** A reply with a status below 400 (below 300 when redirects are followed), or an accepted one. Throws RegistryError, `canceled`. */
  send(request: SessionRequest): Promise<HttpReply>;
}

export interface SessionParts extends TokenParts {
  findCredentials(host: string): Promise<Credentials | undefined>;
  /** Sent as User-Agent. */
  readonly product: string;
}

/** As many as Ollama and browsers follow; real chains have one or two. */
const maxRedirects = 10;
const defaultReplyTimeoutMs = 30_000;

export function openRegistrySession(address: RegistryAddress, parts: SessionParts): RegistrySession {
  const origin = apiUrl(address, '').origin;
  let authorization: string | undefined;
  let renewing: Promise<void> | undefined;

  async function exchange(request: SessionRequest, url: URL): Promise<HttpReply> {
    const own = url.origin === origin;
    const headers: Record<string, string> = { 'user-agent': parts.product, ...request.headers };
    if (own && authorization !== undefined) headers['authorization'] = authorization;
    const body = request.body?.();
    return await parts.http.send({
      method: request.method,
      url,
      headers,
      ...(body === undefined ? {} : { body }),
      replyTimeoutMs: request.replyTimeoutMs ?? defaultReplyTimeoutMs,
      signal: request.signal,
    });
  }

  /** With the registry's challenge met once. */
  async function exchangeWithLogin(request: SessionRequest, url: URL, place: FaultPlace): Promise<HttpReply> {
    const before = authorization;
    const reply = await exchange(request, url);
    if (reply.status !== 401 || url.origin !== origin) return reply;
    reply.discard();
    if (authorization === before) {
      // Parts of a download are turned away together; one token is enough for all.
      renewing ??= meetChallenge(reply.header('www-authenticate') ?? '', place, request.signal).finally(() => {
        renewing = undefined;
      });
      await renewing;
    }
    return await exchange(request, url);
  }

  async function meetChallenge(header: string, { host, step }: FaultPlace, signal: AbortSignal): Promise<void> {
    const challenge = parseAuthChallenge(header);
    const credentials = await parts.findCredentials(host);
    if (challenge?.scheme === 'bearer') {
      authorization = `Bearer ${await fetchBearerToken(challenge, address, credentials, parts, signal)}`;
    } else if (challenge?.scheme === 'basic' && credentials !== undefined) {
      authorization = basicAuthorization(credentials);
    } else {
      throw new RegistryError('registry_denied', `unauthorized: access denied by ${host}`, {
        host,
        step,
        temporary: false,
        hint: `${host} wants a login for ${step}: use \`corral login ${host}\`.`,
      });
    }
  }

  return {
    address,
    url: (path) => apiUrl(address, `${address.repository}/${path}`),
    async send(request) {
      let { url } = request;
      const { step, signal, accept = [] } = request;
      let place: FaultPlace = { host: address.host, step };
      try {
        for (let redirects = 0; ; redirects++) {
          const reply = await exchangeWithLogin(request, url, place);
          if (reply.status < 300 || accept.includes(reply.status)) return reply;
          const location = redirectTarget(reply, url);
          if (location === undefined) throw await statusFault(reply, place);
          if (request.redirects === 'return') return reply;
          reply.discard();
          if (redirects === maxRedirects) throw misled(place, `${address.host} sends on in circles`);
          if (url.protocol === 'https:' && location.protocol !== 'https:') {
            throw misled(place, `${place.host} sends on from HTTPS to plain HTTP`);
          }
          url = location;
          place = { host: url.host, step };
        }
      } catch (error) {
        throw networkFault(error, place, signal);
      }
    },
  };
}

function redirectTarget(reply: HttpReply, base: URL): URL | undefined {
  const location = reply.header('location');
  if (![301, 302, 303, 307, 308].includes(reply.status) || location === undefined) return undefined;
  if (!URL.canParse(location, base.href)) return undefined;
  const target = new URL(location, base);
  // A name and password in a link would be sent as credentials.
  target.username = '';
  target.password = '';
  return target.protocol === 'http:' || target.protocol === 'https:' ? target : undefined;
}

function misled({ host, step }: FaultPlace, message: string): CorralError {
  return new RegistryError('registry_failed', `${message}, at ${step}`, { host, step, temporary: false });
}
