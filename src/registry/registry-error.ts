/**
 * What goes wrong with a registry. It knows which host, in which step, and whether trying again helps, so that retries are decided in
 * one place and a person is told what to do. Messages hold no URL: paths of signed links and queries are secrets.
 */
import { CorralError, type ErrorCode } from '../core/corral-error.ts';

export type RegistryErrorCode = Extract<ErrorCode, `registry_${string}`>;

export interface RegistryErrorOptions {
  /** With the port, as the model's name or the mirror setting spells it. */
  readonly host: string;
  /** What was being done, as a noun: `the manifest`. */
  readonly step: string;
  /** Whether the same request may succeed later without anybody changing anything. */
  readonly temporary: boolean;
  /** How long the registry asked to wait. */
  readonly retryAfterMs?: number | undefined;
  readonly hint?: string;
  readonly cause?: unknown;
}

export class RegistryError extends CorralError {
  declare readonly code: RegistryErrorCode;
  readonly host: string;
  readonly step: string;
  readonly temporary: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: RegistryErrorCode, message: string, options: RegistryErrorOptions) {
    const { host, step, temporary, retryAfterMs, cause } = options;
    const hint = options.hint ?? `${capital(step)} at ${host}: ${temporary ? againHelps : againDoesNotHelp}`;
    super(code, message, { hint, cause });
    this.host = host;
    this.step = step;
    this.temporary = temporary;
    this.retryAfterMs = retryAfterMs;
  }

  /** The same error, its message with the words that Ollama puts before it. */
  after(prefix: string): RegistryError {
    const { host, step, temporary, retryAfterMs, hint = '' } = this;
    const options = { host, step, temporary, retryAfterMs, hint, cause: this };
    return new RegistryError(this.code, `${prefix}: ${this.message}`, options);
  }
}

const againHelps = 'trying again later may help; what has arrived is kept.';
const againDoesNotHelp = 'trying again does not help until something is changed there.';

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
