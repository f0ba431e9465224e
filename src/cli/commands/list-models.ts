import { formatByteSize } from '../../core/byte-size.ts';
import type { CommandContext } from '../command-context.ts';
import { asRecord, type JsonRecord, listField, numberField, textField } from '../json-fields.ts';
import { parseMomentMs, relativeTime } from '../relative-time.ts';
import type { ServerClient } from '../server-client.ts';
import { formatTable } from '../terminal/table.ts';

/** As many digits of a digest as tell models apart. */
export const shortIdLength = 12;

/** `corral list [PREFIX]`. */
export async function listModels(context: CommandContext): Promise<number> {
  const client = await context.connect();
  context.print(await modelTable(client, context.positionals[0] ?? '', context.signal));
  return 0;
}

/** Every model whose name begins with `prefix`, upper or lower case, in the server's order (newest first). */
export async function modelTable(client: ServerClient, prefix: string, signal: AbortSignal): Promise<string> {
  const reply = asRecord(await client.readJson('GET', '/api/tags', undefined, { signal }));
  const nowMs = Date.now();
  const rows = recordsWithPrefix(reply, prefix).map((model) => [
    textField(model, 'name'),
    textField(model, 'digest').slice(0, shortIdLength),
    textField(model, 'remote_model') === '' ? formatByteSize(numberField(model, 'size')) : '-',
    relativeTime(parseMomentMs(textField(model, 'modified_at')), nowMs),
  ]);
  return formatTable([['NAME', 'ID', 'SIZE', 'MODIFIED'], ...rows]);
}

export function recordsWithPrefix(reply: JsonRecord, prefix: string): JsonRecord[] {
  const models = listField(reply, 'models').map(asRecord);
  return models.filter((model) => textField(model, 'name').toLowerCase().startsWith(prefix.toLowerCase()));
}
