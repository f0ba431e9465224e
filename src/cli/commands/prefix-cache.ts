import { formatByteSize } from '../../core/byte-size.ts';
import { CorralError } from '../../core/corral-error.ts';
import type { CommandContext } from '../command-context.ts';
import { asRecord, type JsonRecord, listField, numberField, textField } from '../json-fields.ts';
import { parseMomentMs, relativeTime } from '../relative-time.ts';
import { formatTable } from '../terminal/table.ts';
import { shortIdLength } from './list-models.ts';

/** `corral cache list|clear [MODEL]`. */
export async function prefixCache(context: CommandContext): Promise<number> {
  const [verb, model = ''] = context.positionals;
  if (verb !== 'list' && verb !== 'clear') {
    throw new CorralError('bad_request', `'${verb ?? ''}' is not something to do with the cache`, {
      hint: 'Try: corral cache list, or: corral cache clear',
    });
  }
  const client = await context.connect();
  const { signal } = context;
  if (verb === 'clear') {
    const removed = asRecord(await client.readJson('DELETE', '/api/prefixes', { model }, { signal }));
    const count = listField(removed, 'prefixes').length;
    context.print(
      `removed ${count} ${count === 1 ? 'prompt' : 'prompts'}, ${formatByteSize(numberField(removed, 'size'))}\n`,
    );
    return 0;
  }
  const reply = asRecord(await client.readJson('GET', '/api/prefixes', undefined, { signal }));
  const nowMs = Date.now();
  const rows = listField(reply, 'prefixes')
    .map(asRecord)
    .filter((prefix) => model === '' || namesOf(prefix).some((name) => name === model || name === `${model}:latest`))
    .map((prefix) => [
      namesOf(prefix).join(', ') || textField(prefix, 'digest').slice(0, shortIdLength) || '-',
      String(numberField(prefix, 'tokens')),
      formatByteSize(numberField(prefix, 'size')),
      prefix['encrypted'] === true ? 'yes' : 'no',
      relativeTime(parseMomentMs(textField(prefix, 'used_at')), nowMs),
    ]);
  context.print(formatTable([['MODEL', 'TOKENS', 'SIZE', 'ENCRYPTED', 'USED'], ...rows]));
  context.print(
    `${formatByteSize(numberField(reply, 'size'))} of ${formatByteSize(numberField(reply, 'size_limit'))}\n`,
  );
  return 0;
}

function namesOf(prefix: JsonRecord): string[] {
  return listField(prefix, 'models').map(String);
}
