/** How the scheduler turns a request away. Texts that Ollama has too are Ollama's, because clients match on them. */
import { CorralError } from '../core/corral-error.ts';
import { formatGoDuration } from '../core/go-duration.ts';
import type { MemoryRoom } from './memory-room.ts';

export function serverBusy(): CorralError {
  // The two spaces are Ollama's.
  return new CorralError('busy', 'server busy, please try again.  maximum pending requests exceeded', {
    hint: 'OLLAMA_MAX_QUEUE sets how many requests may wait.',
  });
}

export function shuttingDown(): CorralError {
  return new CorralError('canceled', 'the server is shutting down', { status: 503 });
}

export function loadTimedOut(silenceMs: number): CorralError {
  const silence = formatGoDuration(silenceMs * 1e6);
  return new CorralError('load_timeout', `timed out waiting for the model to load: no progress for ${silence}`, {
    hint: 'Slow disks need a longer OLLAMA_LOAD_TIMEOUT (0 = no limit).',
  });
}

/** Refuses a load of `needBytes` that can't fit even with everything else unloaded, with the numbers. */
export function notEnoughMemory(needBytes: number, room: MemoryRoom): CorralError {
  // Rounded away from each other, so that the need never reads as equal to what there is.
  const need = inGigabytes(needBytes, Math.ceil);
  const empty = inGigabytes(room.emptyBytes, Math.floor);
  const total = inGigabytes(room.totalBytes, Math.floor);
  return new CorralError(
    'not_enough_memory',
    `model requires more system memory (${need}) than is available (${empty} of ${total}, with every other model unloaded)`,
    { hint: 'A smaller num_ctx, a smaller quantisation of the model, or OLLAMA_NUM_PARALLEL=1 needs less memory.' },
  );
}

function inGigabytes(bytes: number, round: (value: number) => number): string {
  return `${(round(bytes / 1e7) / 100).toFixed(2)} GB`;
}
