import type { Credentials } from './auth/credentials-file.ts';
import { apiUrl } from './registry-address.ts';
import { openRegistrySession, type SessionParts } from './registry-session.ts';

/**
 * Shows credentials to a registry: its API's root answers to whoever may enter. One that asks nobody for a login there is taken to accept
 * them; it may ask when something is pushed. Throws RegistryError, `canceled`.
 */
export async function checkLogin(
  place: { readonly scheme: 'http' | 'https'; readonly host: string },
  credentials: Credentials,
  parts: Omit<SessionParts, 'findCredentials'>,
  signal: AbortSignal,
): Promise<void> {
  const findCredentials = () => Promise.resolve(credentials);
  const session = openRegistrySession({ ...place, repository: '', tag: '' }, { ...parts, findCredentials });
  const reply = await session.send({ method: 'GET', url: apiUrl(place, ''), step: 'the login', signal });
  reply.discard();
}
