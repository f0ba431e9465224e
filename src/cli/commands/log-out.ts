import type { CommandContext } from '../command-context.ts';

/** `corral logout HOST`. */
export async function logOut(context: CommandContext): Promise<number> {
  const [host = ''] = context.positionals;
  const client = await context.connect();
  await client.send('POST', '/api/registry/logout', { host }, { signal: context.signal });
  context.print(`logged out of ${host}\n`);
  return 0;
}
