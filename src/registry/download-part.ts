/**
 * One part of a blob, fetched until it is complete. A stream that breaks goes on where it was; a try that brought something does not count as
 * failed, so that a line which is cut every few seconds still gets there.
 */
import { isComplete, type BlobTransfer } from './blob-transfer.ts';
import type { DownloadPart } from './download-target.ts';
import { networkFault, type FaultPlace } from './http/network-fault.ts';
import { statusFault } from './http/status-fault.ts';
import { readRangeReply } from './range-reply.ts';
import { receiveBytes } from './receive-bytes.ts';
import { RegistryError } from './registry-error.ts';
import { retryWaitMs, waitToRetry } from './retry.ts';

/** A try that brings at least this much got somewhere. */
const progressBytes = 64 * 1024;

/** Stalls in a row without a byte: five minutes of a line that is open and silent. */
const maxSilentStalls = 10;

class Stalled extends Error {}

/** Throws RegistryError once tries are used up, `store_write`, `canceled`. */
export async function downloadPart(part: DownloadPart, transfer: BlobTransfer): Promise<void> {
  let tried = 0;
  let silentStalls = 0;
  while (!isComplete(part)) {
    const before = transfer.target.completedBytes;
    try {
      await fetchOnce(part, transfer);
    } catch (error) {
      const gained = transfer.target.completedBytes - before >= progressBytes;
      transfer.onFailure();
      if (error instanceof Stalled) {
        silentStalls = gained ? 0 : silentStalls + 1;
        if (silentStalls < maxSilentStalls) continue;
        throw stalledFault(transfer);
      }
      tried = gained ? 1 : tried + 1;
      const waitMs = retryWaitMs(error, tried, transfer.retries);
      if (waitMs === undefined) throw error;
      await waitToRetry(gained ? waitMs / 10 : waitMs, transfer.signal);
    }
  }
}

async function fetchOnce(part: DownloadPart, transfer: BlobTransfer): Promise<void> {
  const { session, target, digest, limit, stallMs, onBytes, signal } = transfer;
  const place: FaultPlace = { host: session.address.host, step: `blob ${digest.slice(7, 19)}` };
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  let stalled = false;
  try {
    signal.throwIfAborted();
    const from = part.offset + part.completedBytes;
    const asksRange = transfer.ranges !== 'refused';
    const reply = await session.send({
      method: 'GET',
      url: session.url(`blobs/${digest}`),
      step: place.step,
      headers: asksRange ? { range: `bytes=${from}-${part.offset + part.sizeBytes - 1}` } : {},
      accept: [416],
      signal: stop.signal,
    });
    const head = {
      status: reply.status,
      contentRange: reply.header('content-range'),
      contentLength: reply.header('content-length'),
    };
    if (!asksRange && reply.status !== 200) throw await statusFault(reply, place);
    const bringing = readRangeReply(head, { from, sizeBytes: target.sizeBytes });
    if (bringing.type === 'wrong size') {
      reply.discard();
      throw wrongSize(place, bringing.saidBytes, target.sizeBytes);
    }
    if (bringing.type === 'wrong range') {
      reply.discard();
      // Others are writing their parts: a stream that brings them all would get in their way.
      if (transfer.ranges === 'served') throw wrongRange(place);
      // Asked for the whole, it can't get the range wrong.
      transfer.ranges = 'refused';
      return;
    }
    const whole = reply.status === 200;
    if (transfer.ranges === 'unknown') transfer.ranges = whole ? 'refused' : 'served';
    await receiveBytes(reply.body, {
      target,
      // One stream is all there is where ranges are refused, so it brings everything.
      parts: transfer.ranges === 'refused' ? target.parts : [part],
      from: bringing.from,
      limit,
      stallMs,
      onStall() {
        stalled = true;
        stop.abort();
      },
      onBytes,
      signal,
    });
    if (!isComplete(part)) throw Object.assign(new Error('the reply ended early'), { code: 'UND_ERR_SOCKET' });
  } catch (error) {
    if (stalled && !signal.aborted) throw new Stalled();
    throw networkFault(error, place, signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function wrongRange({ host, step }: FaultPlace): RegistryError {
  const message = `${host} sent another range of ${step} than it was asked for; trying again may help`;
  return new RegistryError('registry_failed', message, { host, step, temporary: true });
}

function wrongSize({ host, step }: FaultPlace, saidBytes: number, expectedBytes: number): RegistryError {
  return new RegistryError(
    'registry_failed',
    `${host} says that ${step} has ${saidBytes} bytes, and the manifest that it has ${expectedBytes}`,
    { host, step, temporary: false },
  );
}

function stalledFault({ session, digest, stallMs }: BlobTransfer): RegistryError {
  const { host } = session.address;
  const step = `blob ${digest.slice(7, 19)}`;
  const seconds = Math.round((stallMs * maxSilentStalls) / 1000);
  return new RegistryError('registry_unreachable', `${host} sent nothing of ${step} for ${seconds} seconds`, {
    host,
    step,
    temporary: true,
  });
}
