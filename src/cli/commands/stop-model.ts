import { CorralError } from '../../core/corral-error.ts';
import type { CommandContext } from '../command-context.ts';

/** `corral stop MODEL`: silent when done. */
export async function stopModel(context: CommandContext): Promise<number> {
  const [model = ''] = context.positionals;
  const client = await context.connect({ startServer: false });
  try {
    await client.readJson('POST', '/api/generate', { model, keep_alive: 0 }, { signal: context.signal });
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof CorralError)) throw thrown;
    // Where no server runs there is no model in memory either.
    if (thrown.code !== 'model_not_found' && thrown.code !== 'server_unreachable') throw thrown;
    throw new CorralError('model_not_found', `couldn't find model "${model}" to stop`, {
      hint: "'corral ps' shows what is in memory.",
    });
  }
}
