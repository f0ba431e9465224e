import { CorralError, toCorralError } from '../../core/corral-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { ServerClient } from '../server-client.ts';

/** `corral rm MODEL...`: each is taken out of memory first. One that fails is told, the others are removed all the same. */
export async function removeModels(context: CommandContext): Promise<number> {
  const client = await context.connect();
  let exitCode = 0;
  for (const model of context.positionals) {
    try {
      await unload(context, client, model);
      await client.send('DELETE', '/api/delete', { model }, { signal: context.signal });
      context.print(`deleted '${model}'\n`);
    } catch (thrown) {
      if (toCorralError(thrown).code === 'canceled') throw thrown;
      context.tellError(thrown);
      exitCode = 1;
    }
  }
  return exitCode;
}

/** A model that cannot be unloaded can be removed: its files stay until its runner closes them. */
async function unload(context: CommandContext, client: ServerClient, model: string): Promise<void> {
  try {
    await client.send('POST', '/api/generate', { model, keep_alive: 0 }, { signal: context.signal });
  } catch (thrown) {
    if (!(thrown instanceof CorralError) || ['canceled', 'server_unreachable'].includes(thrown.code)) throw thrown;
    // A missing one is what the removal itself will tell.
    if (thrown.code !== 'model_not_found') context.tell(`Warning: unable to stop model '${model}'\n`);
  }
}
