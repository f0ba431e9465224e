/**
 * A token from the server that a registry's Bearer challenge names. Whoever answers as the registry chooses that server, so only the
 * registry's own host, or one that the settings allow, is asked, and never over plain HTTP for a registry on HTTPS: what is sent there
 * is the user's password, or a signature by the user's key.
 */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readBounded } from '../http/read-bounded.ts';
import type { HttpClient } from '../http/http-client.ts';
import { networkFault } from '../http/network-fault.ts';
import type { RegistryAddress } from '../registry-address.ts';
import { RegistryError } from '../registry-error.ts';
import { statusFault } from '../http/status-fault.ts';
import type { AuthChallenge } from './auth-challenge.ts';
import type { Credentials } from './credentials-file.ts';
import { signWithUserKey } from './signing-key.ts';

export interface TokenParts {
  readonly http: HttpClient;
  /** The user's `.ollama` folder, where the key lies. */
  readonly homeDir: string;
  /** Token servers that may be asked besides the registry itself: hosts, with the port where one is given. */
  readonly authHosts: readonly string[];
}

export type BearerChallenge = Extract<AuthChallenge, { scheme: 'bearer' }>;

const step = 'the token';
const replyTimeoutMs = 30_000;
/** Tokens are a few KiB; with many scopes some tens. */
const maxTokenBytes = 1024 * 1024;

const tokenSchema = z.object({ token: z.string().nullish(), access_token: z.string().nullish() });

// What Ollama's servers expect to be signed of a request without a body.
const emptyBodyHash = Buffer.from(createHash('sha256').digest('hex')).toString('base64');

/** Throws `registry_denied`, or what else a request throws. */
export async function fetchBearerToken(
  challenge: BearerChallenge,
  address: RegistryAddress,
  credentials: Credentials | undefined,
  { http, homeDir, authHosts }: TokenParts,
  signal: AbortSignal,
): Promise<string> {
  const url = tokenUrl(challenge, address, authHosts);
  const place = { host: url.host, step };

  const ask = async (headers: Readonly<Record<string, string>>): Promise<string> => {
    try {
      const reply = await http.send({ method: 'GET', url, headers, replyTimeoutMs, signal });
      if (reply.status >= 300) throw await statusFault(reply, place);
      return readToken(await readBounded(reply, maxTokenBytes, place), place.host);
    } catch (error) {
      throw networkFault(error, place, signal);
    }
  };

  if (credentials !== undefined) return await ask({ authorization: basicAuthorization(credentials) });
  try {
    const signed = `GET,${url.href},${emptyBodyHash}`;
    return await ask({ authorization: await signWithUserKey(homeDir, signed) });
  } catch (error) {
    // Only Ollama's token servers know users by key; others refuse that header, and may let anybody read.
    if (!(error instanceof RegistryError) || error.temporary || signal.aborted) throw error;
    return await ask({});
  }
}

export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function tokenUrl(
  { realm, service, scopes }: BearerChallenge,
  address: RegistryAddress,
  allowed: readonly string[],
): URL {
  const registry = new URL(`${address.scheme}://${address.host}`);
  const deny = (message: string, hint: string) =>
    new RegistryError('registry_denied', message, { host: address.host, step, temporary: false, hint });
  if (!URL.canParse(realm)) throw deny(`${address.host} names no token server that could be asked`, 'Ask who runs it.');
  const url = new URL(realm);
  const known = url.host === registry.host || allowed.some((host) => host.toLowerCase() === url.host);
  if (!known) {
    throw deny(
      `realm host ${JSON.stringify(url.host)} does not match original host ${JSON.stringify(registry.host)}`,
      'If that token server may see your credentials, name it in CORRAL_REGISTRY_AUTH_HOSTS.',
    );
  }
  if (url.protocol !== 'https:' && (registry.protocol === 'https:' || url.protocol !== 'http:')) {
    throw deny(`the token server of ${address.host} does not speak HTTPS`, 'Ask who runs the registry.');
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  url.searchParams.append('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  url.searchParams.append('ts', String(Math.floor(Date.now() / 1000)));
  url.searchParams.append('nonce', randomBytes(16).toString('base64url'));
  // Sorted as Go's programs do: a server that rebuilds the URL gets what was signed.
  url.searchParams.sort();
  return url;
}

function readToken(bytes: Uint8Array, host: string): string {
  try {
    const { token, access_token: accessToken } = tokenSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const found = token || accessToken || '';
    // It becomes a header: nothing but visible ASCII may pass.
    if (/^[\x21-\x7e]+$/.test(found)) return found;
  } catch {
    // The parser would quote what may be a token.
  }
  throw new RegistryError('registry_denied', `${host} gave no token`, { host, step, temporary: false });
}
