/** How create, pull and push tell their progress: as it comes, one object a line, or its last word alone. */
import type { ServerResponse } from 'node:http';
import { CorralError } from '../../core/corral-error.ts';
import type { ProgressEvent } from '../../usecases/progress-event.ts';
import { streamNdjson } from '../stream-ndjson.ts';
import { writeJson } from '../write-reply.ts';

/** What fails before the first event gets a status of its own; later the stream ends with an error line. */
export async function replyWithProgress(
  response: ServerResponse,
  events: AsyncGenerator<ProgressEvent, void, undefined>,
  streams: boolean,
): Promise<void> {
  if (streams) {
    await streamNdjson(response, events, progressObject);
    return;
  }
  let last: ProgressEvent | undefined;
  for await (const event of events) last = event;
  if (last === undefined) throw new CorralError('internal', 'the work ended without a word');
  writeJson(response, 200, progressObject(last));
}

/** In the order in which Ollama writes the fields; a zero is left out, as Go does. */
function progressObject({ status, digest, total, completed, ...more }: ProgressEvent): object {
  return {
    status,
    ...(digest !== undefined && { digest }),
    ...(total !== undefined && total > 0 && { total }),
    ...(completed !== undefined && completed > 0 && { completed }),
    // An event of our own may say more.
    ...more,
  };
}
