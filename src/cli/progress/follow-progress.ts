/** Asks for work that tells its progress, and shows it. */
import { CorralError } from '../../core/corral-error.ts';
import type { CommandContext } from '../command-context.ts';
import { asRecord, type JsonRecord, numberField, textField } from '../json-fields.ts';
import type { ServerClient } from '../server-client.ts';
import { openProgress, type ProgressStep } from './progress-view.ts';

/** The last line of the server's answer. Throws what `readStream` does, and when the answer ends without a success. */
export async function followProgress(
  { host }: CommandContext,
  client: ServerClient,
  path: string,
  body: JsonRecord,
  signal: AbortSignal,
): Promise<JsonRecord> {
  const view = await openProgress(host.stderr);
  let last: JsonRecord = {};
  try {
    for await (const value of client.readStream(path, body, { signal })) {
      last = asRecord(value);
      const step = stepOf(last);
      if (step.text !== '') view.show(step);
    }
  } finally {
    view.finish();
  }
  if (textField(last, 'status') === 'success') return last;
  throw new CorralError('server_unreachable', 'the server ended its answer before it was done', {
    hint: 'Try again; what has been transferred is kept.',
  });
}

function stepOf(event: JsonRecord): ProgressStep {
  const text = textField(event, 'status');
  const key = textField(event, 'digest');
  const totalBytes = numberField(event, 'total');
  return totalBytes > 0 ? { text, key, totalBytes, completedBytes: numberField(event, 'completed') } : { text };
}
