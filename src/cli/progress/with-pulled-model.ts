import { CorralError, toCorralError } from '../../core/corral-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { ServerClient } from '../server-client.ts';

export interface PullOptions {
  readonly context: CommandContext;
  readonly client: ServerClient;
  readonly model: string;
  readonly insecure: boolean;
  readonly signal: AbortSignal;
}

/** Does `use`; where the server says that the model is not here, pulls it and does `use` once more. */
export async function withPulledModel<T>(options: PullOptions, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (thrown) {
    if (!(thrown instanceof CorralError) || thrown.code !== 'model_not_found') throw thrown;
    // Another 404 is a server that lacks the route.
    if (!/^model .* not found/.test(thrown.message)) throw thrown;
  }
  await pull(options);
  return await use();
}

async function pull({ context, client, model, insecure, signal }: PullOptions): Promise<void> {
  const { followProgress } = await import('./follow-progress.ts');
  try {
    await followProgress(context, client, '/api/pull', { model, insecure: insecure ? true : undefined }, signal);
  } catch (thrown) {
    const { code, message, status, hint = '' } = toCorralError(thrown);
    const why = `The model '${model}' is not here, so it was looked for at its registry.`;
    throw new CorralError(code, message, { status, cause: thrown, hint: `${why} ${hint}`.trimEnd() });
  }
}
