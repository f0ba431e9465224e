import type { CommandContext } from '../command-context.ts';

/** `corral cp SOURCE DESTINATION`. */
export async function copyModel(context: CommandContext): Promise<number> {
  const [source = '', destination = ''] = context.positionals;
  const client = await context.connect();
  await client.send('POST', '/api/copy', { source, destination }, { signal: context.signal });
  context.print(`copied '${source}' to '${destination}'\n`);
  return 0;
}
