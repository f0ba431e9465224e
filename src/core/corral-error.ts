/**
 * The one typed error. Foreign errors are converted once, at the edge where they enter; everything inside passes this on.
 *
 * `message` is what a client sees on the wire (clients match on some of these texts, so they equal Ollama's where Ollama has one).
 * `hint` says what a person can do about it; it goes to the command line's second line and to the log, never on the wire.
 */

/** Every code with the HTTP status it gets when the thrower names none. */
export const errorStatus = {
  bad_request: 400,
  invalid_model_name: 400,
  invalid_option: 500, // Ollama answers 500 for an option of the wrong type; its clients know it so
  invalid_format: 500,
  not_supported: 400,
  prompt_too_long: 400,
  forbidden: 403,
  model_not_found: 404,
  bad_modelfile: 400,
  bad_template: 400,
  invalid_digest: 400,
  digest_mismatch: 400,
  blob_not_found: 404,
  canceled: 499,
  busy: 503,
  bad_gguf: 500,
  bad_checkpoint: 400,
  not_enough_memory: 500,
  native_library: 500,
  load_failed: 500,
  load_timeout: 500,
  runner_crashed: 500,
  runner_failed: 500,
  template_failed: 500,
  store_read: 500,
  store_write: 500,
  registry_unreachable: 500,
  registry_denied: 500,
  registry_not_found: 500,
  registry_failed: 500,
  bad_setting: 500,
  port_in_use: 500,
  server_unreachable: 500,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof errorStatus;

export interface CorralErrorOptions {
  /** What a person can do about it. One sentence, no path and no secret. */
  readonly hint?: string;
  /** HTTP status, where it differs from the code's own. */
  readonly status?: number;
  /** The field of the request that is at fault, as the client wrote it: `messages[2].content`. */
  readonly param?: string;
  readonly cause?: unknown;
}

export class CorralError extends Error {
  override readonly name = 'CorralError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly hint: string | undefined;
  readonly param: string | undefined;

  constructor(code: ErrorCode, message: string, options: CorralErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? errorStatus[code];
    this.hint = options.hint;
    this.param = options.param;
  }
}

/** Any thrown value as a CorralError; a foreign one becomes `internal` with its own text and itself as cause. */
export function toCorralError(thrown: unknown): CorralError {
  if (thrown instanceof CorralError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CorralError('internal', message, { cause: thrown });
}
