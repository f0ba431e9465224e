/**
 * `corral login HOST`: hands a registry's user name and password to the server on this machine, whose user keeps them. They never go to a
 * server elsewhere, and a password is no flag: other users can read a process's arguments.
 */
import { usageError } from '../command-arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { connectAddress, isLoopback } from '../server-address.ts';
import { askTerminal } from '../terminal/ask-terminal.ts';

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Longer than any token that registries give out as a password (some KB). */
const maxPasswordBytes = 64 * 1024;
/** As a shell numbers what Ctrl+C ended. */
const interrupted = 130;

export async function logIn(context: CommandContext): Promise<number> {
  const [host = ''] = context.positionals;
  const settings = await context.loadSettings();
  if (!isLoopback(connectAddress(settings.host))) {
    throw usageError(
      'a password is only handed to a server on this machine, and OLLAMA_HOST names another one',
      "Run 'corral login' on the machine of that server.",
    );
  }
  const credentials = await readCredentials(context);
  if (credentials === undefined) return interrupted;
  if (credentials.username === '') throw usageError('the user name is empty', 'Give it with --username.');
  if (credentials.password === '') throw usageError('the password is empty');
  const client = await context.connect();
  await client.send('POST', '/api/registry/login', { host, ...credentials }, { signal: context.signal });
  context.print(`logged in to ${host} as ${credentials.username}\n`);
  return 0;
}

/** Undefined when the user has given up. */
async function readCredentials(context: CommandContext): Promise<Credentials | undefined> {
  const { flags, host, signal } = context;
  const given = typeof flags['username'] === 'string' ? flags['username'] : undefined;
  if (flags['password-stdin'] === true) {
    if (given === undefined) throw usageError('--password-stdin needs a user name', 'Give it with --username.');
    return { username: given, password: await readPassword(context) };
  }
  if (!host.stdinIsTerminal)
    throw usageError('there is no terminal to ask for the password at', 'Pipe it in, with --password-stdin.');
  const asked = [
    ...(given === undefined ? [{ text: 'Username: ', isSecret: false }] : []),
    { text: 'Password: ', isSecret: true },
  ];
  const answers = await askTerminal(host, asked, signal);
  if (answers === undefined) return undefined;
  return { username: given ?? answers[0] ?? '', password: answers.at(-1) ?? '' };
}

/** All of stdin but for the line end that `echo` and editors put there. */
async function readPassword({ host, signal }: CommandContext): Promise<string> {
  const giveUp = (): void => void host.stdin.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of host.stdin as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > maxPasswordBytes) throw usageError('what stdin holds is too long for a password');
    parts.push(part);
  }
  signal.removeEventListener('abort', giveUp);
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
