/** Errors of the network and of TLS, turned into the typed error once. */
import { canceled } from '../../core/canceled.ts';
import { CorralError } from '../../core/corral-error.ts';
import { RegistryError } from '../registry-error.ts';

export interface FaultPlace {
  readonly host: string;
  readonly step: string;
}

/** What a fault's code says in a person's words, and whether trying again can help. */
const faults: Readonly<Record<string, readonly [reason: string, temporary: boolean]>> = {
  ENOTFOUND: ['the name is not known', false],
  EAI_AGAIN: ['the name service does not answer', true],
  ECONNREFUSED: ['nobody listens there', false],
  ECONNRESET: ['the connection was cut', true],
  EPIPE: ['the connection was cut', true],
  UND_ERR_SOCKET: ['the connection was cut', true],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['the reply was cut', true],
  ETIMEDOUT: ['the connection timed out', true],
  UND_ERR_CONNECT_TIMEOUT: ['the connection timed out', true],
  UND_ERR_HEADERS_TIMEOUT: ['no reply came in time', true],
  EHOSTUNREACH: ['there is no way to it', true],
  ENETUNREACH: ['there is no way to it', true],
  HPE_INVALID_CONSTANT: ['it does not speak HTTP', false],
};

/** TLS errors have dozens of codes; these begin them. */
const tlsCode = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO)/;

/** A typed error is passed on; what `signal` ended becomes `canceled`. */
export function networkFault(error: unknown, { host, step }: FaultPlace, signal: AbortSignal): CorralError {
  if (signal.aborted) return canceled(error);
  if (error instanceof CorralError) return error;
  const code = faultCode(error);
  if (tlsCode.test(code)) return tlsFault(code, error, { host, step });
  const [reason, temporary] = faults[code] ?? ['the connection failed', true];
  const again = temporary ? 'trying again may help' : 'trying again does not help';
  return new RegistryError(
    'registry_unreachable',
    `${host} can't be reached for ${step}: ${reason} (${code}); ${again}`,
    {
      host,
      step,
      temporary,
      hint: 'Check the name, the network and the proxy settings HTTPS_PROXY and NO_PROXY.',
      cause: error,
    },
  );
}

function tlsFault(code: string, cause: unknown, { host, step }: FaultPlace): RegistryError {
  const speaksNone = code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG';
  const reason = speaksNone ? 'does not speak TLS' : 'is not trusted';
  const hint = speaksNone
    ? 'Use --insecure if this registry speaks plain HTTP.'
    : "Give the registry's authority with SSL_CERT_FILE.";
  const message = `${host} ${reason} (${code}), at ${step}`;
  return new RegistryError('registry_unreachable', message, { host, step, temporary: false, hint, cause });
}

function faultCode(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return 'unknown fault';
}
