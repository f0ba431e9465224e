/** Error statuses of registries and token servers, turned into the typed error once. */
import { RegistryError } from '../registry-error.ts';
import type { HttpReply } from './http-client.ts';
import type { FaultPlace } from './network-fault.ts';

/** How much of an error's text is shown. Registries send a line of JSON; proxies send whole pages. */
const maxTextBytes = 1024;

/** A registry may ask for any wait; more than this is an error that a person should see. */
const maxRetryAfterMs = 60_000;

/** The error that a reply of status 300 and above is. Reads the beginning of its body, then ends it. */
export async function statusFault(reply: HttpReply, { host, step }: FaultPlace): Promise<RegistryError> {
  const { status } = reply;
  if (status === 404) {
    reply.discard();
    return new RegistryError('registry_not_found', 'file does not exist', {
      host,
      step,
      temporary: false,
      hint: `${host} does not have ${step}; check the model's name.`,
    });
  }
  if (status === 401 || status === 403) {
    reply.discard();
    return new RegistryError('registry_denied', `unauthorized: access denied by ${host}`, {
      host,
      step,
      temporary: false,
      hint: `${host} does not let you have ${step}; log in with \`corral login ${host}\`.`,
    });
  }
  const text = await readText(reply);
  const temporary = status === 408 || status === 429 || status >= 500;
  const again = temporary ? 'trying again may help' : 'trying again does not help';
  return new RegistryError('registry_failed', `${status}: ${text || 'no reason given'} (${host}, ${step}; ${again})`, {
    host,
    step,
    temporary,
    retryAfterMs: temporary ? readRetryAfter(reply.header('retry-after')) : undefined,
  });
}

/** Seconds or a date (RFC 9110, section 10.2.3), as milliseconds from now. */
function readRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), maxRetryAfterMs);
}

async function readText(reply: HttpReply): Promise<string> {
  let text = '';
  try {
    for await (const chunk of reply.body) {
      text += Buffer.from(chunk).toString('utf8');
      if (text.length >= maxTextBytes) break;
    }
  } catch {
    // The status says enough.
  }
  // It goes to logs and terminals; a link in it may be signed.
  return text
    .slice(0, maxTextBytes)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/(https?:\/\/[^\s"'?]*)\?[^\s"']*/g, '$1')
    .trim();
}
