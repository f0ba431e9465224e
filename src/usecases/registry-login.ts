/** Logging in to a registry and out of it. */
import { CorralError } from '../core/corral-error.ts';
import { tryParseModelName } from '../formats/model-name.ts';
import type { UseCaseParts } from './use-case-parts.ts';

export interface LoginRequest {
  /** Host and port, perhaps after `https://`; `http://` is as good as `insecure`. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
  readonly insecure: boolean;
}

/** Stores credentials that the registry accepts. Throws `bad_request`, RegistryError when it doesn't, `canceled`. */
export async function logIn(
  { host: sent, username, password, insecure }: LoginRequest,
  { registry }: Pick<UseCaseParts, 'registry'>,
  signal: AbortSignal,
): Promise<void> {
  const { host, isPlain } = readHost(sent);
  // Basic credentials are cut at the first colon (RFC 7617), so a name can't have one.
  if (username === '' || password === '' || /[:\p{Cc}]/u.test(username) || /\p{Cc}/u.test(password)) {
    throw new CorralError('bad_request', 'a username without colon and a password are required');
  }
  await registry.checkLogin(host, insecure || isPlain, { username, password }, signal);
  await registry.credentials.store(host, { username, password });
}

/** Forgets them. Throws `bad_request`; status 404 when there are none. */
export async function logOut(
  { host: sent }: Pick<LoginRequest, 'host'>,
  { registry }: Pick<UseCaseParts, 'registry'>,
): Promise<void> {
  const { host } = readHost(sent);
  if (await registry.credentials.remove(host)) return;
  throw new CorralError('registry_denied', `not logged in to ${host}`, { status: 404 });
}

function readHost(sent: string): { readonly host: string; readonly isPlain: boolean } {
  const [, scheme, host = ''] = /^(?:(https?):\/\/)?([^/]*)\/?$/i.exec(sent.trim()) ?? [];
  // What may stand before a model's name.
  if (tryParseModelName(`${host}/library/model`) === undefined) {
    throw new CorralError('bad_request', 'a registry is named by host and port, such as registry.example.com:5000');
  }
  return { host, isPlain: scheme?.toLowerCase() === 'http' };
}
