import type { CommandContext } from '../command-context.ts';

/** `corral serve`: the composition root knows how. */
export async function serve({ host, flags }: CommandContext): Promise<number> {
  return await host.serve({
    printSettings: flags['print-settings'] === true,
    exitWhenIdle: flags['exit-when-idle'] === true,
  });
}
