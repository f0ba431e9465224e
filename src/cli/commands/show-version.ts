import { asRecord, textField } from '../json-fields.ts';
import type { CommandContext } from '../command-context.ts';

/** A server that is slower than this is not worth waiting for; the client's own version is what was asked for. */
const answerTimeoutMs = 1000;

/** `corral --version`: this program's version, and the server's where it is another one. */
export async function showVersion(context: CommandContext): Promise<number> {
  const { version } = context.host;
  context.print(`corral version is ${version}\n`);
  try {
    const client = await context.connect({ startServer: false });
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(answerTimeoutMs)]);
    const serverVersion = textField(
      asRecord(await client.readJson('GET', '/api/version', undefined, { signal })),
      'version',
    );
    // A Corral server names its API level first and itself behind the plus sign.
    const sameProgram = serverVersion.endsWith(`+corral.${version}`);
    if (serverVersion !== '' && !sameProgram) context.tell(`the running server's version is ${serverVersion}\n`);
  } catch {
    // No server, or none that answers: that is no fault of a question about the version.
  }
  return 0;
}
