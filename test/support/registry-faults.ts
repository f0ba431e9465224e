/** What goes wrong at registries, each as a function that wraps the right answer. */
import type { Fault, RegistryReply, RegistryRequest } from './registry-server.ts';

const isBlobRead = ({ method, path }: RegistryRequest) => method === 'GET' && /\/blobs\/sha256:/.test(path);

/** Applies `fault` to replies that bring a blob's bytes. */
export function onBlobs(fault: Fault): Fault {
  return (request, reply) => (isBlobRead(request) && reply.status < 300 ? fault(request, reply) : reply);
}

/** Applies `fault` to the first `times` requests that match. */
export function firstTimes(times: number, matches: (request: RegistryRequest) => boolean, fault: Fault): Fault {
  let seen = 0;
  return (request, reply) => (matches(request) && seen++ < times ? fault(request, reply) : reply);
}

export const cutAfter = (bytes: number): Fault => onBlobs((_request, reply) => ({ ...reply, cutAfterBytes: bytes }));

export const slowLine = (bytesPerSecond: number): Fault => onBlobs((_request, reply) => ({ ...reply, bytesPerSecond }));

/** One bit of the byte at `position` of each reply is wrong. */
export const flippedByte = (position: number): Fault =>
  onBlobs((_request, reply) => {
    if (reply.body === undefined || reply.body.length <= position) return reply;
    const body = Buffer.from(reply.body);
    body[position] = (body[position] ?? 0) ^ 1;
    return { ...reply, body };
  });

/** Sends on to another registry that has the same blobs. */
export const redirectBlobs = (host: string): Fault =>
  onBlobs(({ path }) => ({ status: 307, headers: { location: `http://${host}${path}?signature=secret` } }));

export const answer = (status: number, headers: Readonly<Record<string, string>> = {}): Fault => {
  const reply: RegistryReply = { status, headers, body: Buffer.from('no') };
  return () => reply;
};

export const basicAuthorization = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

export const requireBasic =
  (username: string, password: string): Fault =>
  (request, reply) =>
    request.headers.authorization === basicAuthorization(username, password)
      ? reply
      : { status: 401, headers: { 'www-authenticate': 'Basic realm="test"' } };

export interface BearerRule {
  /** Where the token server is: host and port. */
  readonly realmHost: () => string;
  /** What must be shown there. */
  readonly admits: (request: RegistryRequest) => boolean;
}

const token = 'a-token.that-is-right';

/** A registry that wants a token, and the token server at its own `/token`. */
export const requireBearer =
  ({ realmHost, admits }: BearerRule): Fault =>
  (request, reply) => {
    if (request.path === '/token') {
      return admits(request)
        ? { status: 200, body: Buffer.from(JSON.stringify({ token })) }
        : { status: 401, body: Buffer.from('{}') };
    }
    if (request.headers.authorization === `Bearer ${token}`) return reply;
    const scope = `repository:${request.path.split('/').slice(2, 4).join('/')}:pull`;
    const challenge = `Bearer realm="http://${realmHost()}/token",service="test, registry",scope="${scope}"`;
    return { status: 401, headers: { 'www-authenticate': challenge } };
  };
