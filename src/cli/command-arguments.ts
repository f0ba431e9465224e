/**
 * A command's words as typed values, with the errors that Ollama's own parser gives. Written out instead of `parseArgs` of
 * node:util, whose loading alone takes 6 ms of the time to the first text.
 */
import { CorralError } from '../core/corral-error.ts';

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  /** `optional-text` takes a value only as `--name=value`; without one it is the text `true`. */
  readonly kind: 'boolean' | 'text' | 'optional-text';
  /** What the value is called in the help. */
  readonly value?: string;
  readonly summary: string;
  /** Not shown in the help. */
  readonly hidden?: boolean;
}

export interface ArgumentSpec {
  readonly flags: readonly FlagSpec[];
  readonly minArguments: number;
  readonly maxArguments: number;
}

export type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

export interface CommandArguments {
  readonly positionals: readonly string[];
  /** By the flag's long name; a flag that was not given is absent. */
  readonly flags: FlagValues;
}

const helpFlag: FlagSpec = { name: 'help', short: 'h', kind: 'boolean', summary: 'Show this help' };

/** Throws CorralError `bad_request`; `--help` is always known and turns the check of the argument count off. */
export function parseCommandArguments(words: readonly string[], spec: ArgumentSpec): CommandArguments {
  const specs = [...spec.flags, helpFlag];
  const flags: Record<string, string | boolean> = {};
  const positionals: string[] = [];
  const waiting = [...words];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    if (word === '--') {
      positionals.push(...waiting);
      break;
    }
    const [, rawName, inlineValue] = /^(--?[^-=][^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (rawName === undefined) {
      positionals.push(word);
      continue;
    }
    const flag = specs.find(({ name, short }) => rawName === `--${name}` || rawName === `-${short}`);
    if (flag === undefined) throw usageError(`unknown ${unknownFlag(rawName)}`);
    flags[flag.name] = flagValue(flag, rawName, inlineValue ?? (flag.kind === 'text' ? waiting.shift() : undefined));
  }
  if (flags['help'] !== true) checkCount(positionals.length, spec);
  return { positionals, flags };
}

/** `--insecure` as the server's requests have it: absent where it was not given. */
export function insecureField(flags: FlagValues): true | undefined {
  return flags['insecure'] === true ? true : undefined;
}

export function usageError(message: string, hint?: string): CorralError {
  return new CorralError('bad_request', message, hint === undefined ? {} : { hint });
}

function unknownFlag(rawName: string): string {
  return rawName.startsWith('--') ? `flag: ${rawName}` : `shorthand flag: '${rawName.slice(1)}' in ${rawName}`;
}

function flagValue(flag: FlagSpec, rawName: string, value: string | undefined): string | boolean {
  if (flag.kind === 'text') {
    if (value === undefined) throw usageError(`flag needs an argument: ${rawName}`);
    return value;
  }
  if (flag.kind === 'optional-text') return value ?? 'true';
  if (value === undefined || /^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw usageError(`invalid argument "${value}" for "${rawName}" flag: it is true or false`);
}

function checkCount(count: number, { minArguments, maxArguments }: ArgumentSpec): void {
  if (count >= minArguments && count <= maxArguments) return;
  if (maxArguments === Infinity) throw usageError(`requires at least ${minArguments} arg(s), only received ${count}`);
  if (minArguments === maxArguments) throw usageError(`accepts ${minArguments} arg(s), received ${count}`);
  throw usageError(`accepts at most ${maxArguments} arg(s), received ${count}`);
}
