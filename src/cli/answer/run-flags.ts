/** The flags of `run`, checked: what of them goes into a request, and what into showing the answer. */
import { parseGoDurationNs } from '../../core/go-duration.ts';
import { type FlagValues, usageError } from '../command-arguments.ts';

export type ThinkFlag = boolean | 'low' | 'medium' | 'high' | 'max';

export interface RunFlags {
  /** Go duration; undefined = the server's own. */
  readonly keepAlive: string | undefined;
  /** `json` or a JSON schema. */
  readonly format: unknown;
  /** Undefined = the server thinks where the model can. */
  readonly think: ThinkFlag | undefined;
  readonly hideThinking: boolean;
  readonly verbose: boolean;
  readonly wordWrap: boolean;
  readonly truncate: boolean | undefined;
  readonly dimensions: number | undefined;
  /** A model that is not here may be pulled without checking the registry's certificate. */
  readonly insecure: boolean;
}

/** Throws CorralError `bad_request`. */
export function readRunFlags(flags: FlagValues): RunFlags {
  return {
    keepAlive: readKeepAlive(flags['keepalive']),
    format: typeof flags['format'] === 'string' && flags['format'] !== '' ? readFormat(flags['format']) : undefined,
    think: typeof flags['think'] === 'string' ? readThink(flags['think']) : undefined,
    hideThinking: flags['hidethinking'] === true,
    verbose: flags['verbose'] === true,
    wordWrap: flags['nowordwrap'] !== true,
    truncate: typeof flags['truncate'] === 'boolean' ? flags['truncate'] : undefined,
    dimensions: typeof flags['dimensions'] === 'string' ? readDimensions(flags['dimensions']) : undefined,
    insecure: flags['insecure'] === true,
  };
}

function readFormat(text: string): unknown {
  if (text === 'json') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw usageError(
      'the format is neither "json" nor a JSON schema',
      `For example: --format '{"type":"object","properties":{"answer":{"type":"string"}}}'`,
    );
  }
}

export function readThink(text: string): ThinkFlag {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'low' || text === 'medium' || text === 'high' || text === 'max') return text;
  throw usageError(`invalid value for --think: "${text}" (must be true, false, high, medium, low, or max)`);
}

function readKeepAlive(value: string | boolean | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (parseGoDurationNs(value) !== undefined) return value;
  throw usageError(
    `invalid duration "${value}" for --keepalive`,
    'Write it with a unit: 30s, 5m, 1h30m, or -1s for ever.',
  );
}

function readDimensions(value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw usageError(`invalid value "${value}" for --dimensions: it is a whole number above 0`);
}
