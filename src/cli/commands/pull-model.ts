import type { CommandContext } from '../command-context.ts';
import { followProgress } from '../progress/follow-progress.ts';

/** `corral pull MODEL`. */
export async function pullModel(context: CommandContext): Promise<number> {
  const [model = ''] = context.positionals;
  const client = await context.connect();
  const request = { model, insecure: context.flags['insecure'] === true ? true : undefined };
  await followProgress(context, client, '/api/pull', request, context.signal);
  return 0;
}
