import type { CommandContext } from '../command-context.ts';
import { asRecord, type JsonRecord, listField, textField } from '../json-fields.ts';
import { followProgress } from '../progress/follow-progress.ts';
import { formatTable } from '../terminal/table.ts';
import { shortIdLength } from './list-models.ts';

/** `corral update [MODEL...] [--check]`: a table of the models, what they were and what there is. */
export async function updateModels(context: CommandContext): Promise<number> {
  const { positionals, flags, signal } = context;
  const client = await context.connect();
  const request = { models: positionals.length === 0 ? undefined : positionals, check: flags['check'] === true };
  const updates = listField(await followProgress(context, client, '/api/update', request, signal), 'updates').map(
    asRecord,
  );
  const rows = updates.map((update) => [
    textField(update, 'model'),
    shortId(textField(update, 'current')),
    shortId(textField(update, 'available')),
    outcome(update),
  ]);
  context.print(formatTable([['NAME', 'ID', 'AVAILABLE', 'RESULT'], ...rows]));
  return updates.some((update) => textField(update, 'error') !== '') ? 1 : 0;
}

function outcome(update: JsonRecord): string {
  const error = textField(update, 'error');
  if (error !== '') return error;
  if (update['updated'] === true) return 'updated';
  const available = textField(update, 'available');
  if (available === '') return 'not at its registry';
  return available === textField(update, 'current') ? 'up to date' : 'newer version available';
}

/** Digests with or without their algorithm; a dash for none. */
function shortId(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, shortIdLength) || '-';
}
