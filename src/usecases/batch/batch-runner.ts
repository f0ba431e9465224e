/**
 * Works through batches, the oldest first, in the time that nobody else needs: before each request it waits until no other is being
 * answered. Results are written in the order of the requests, as they come; a server that was stopped goes on behind the last of them.
 *
 *   validating -> in_progress -> finalizing -> completed
 *       |             |-> (24 hours) -> expired
 *       |             `-> cancelling -> cancelled
 *       `-> failed
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { CorralError, toCorralError } from '../../core/corral-error.ts';
import type { Logger } from '../../core/logger.ts';
import { oneAtATime } from '../../core/one-at-a-time.ts';
import { hasEnded, type BatchRecord } from '../../store/batch/batch-record.ts';
import type { BatchStore, ResultKind } from '../../store/batch/batch-store.ts';
import type { FileStore } from '../../store/batch/file-store.ts';
import { batchLines, checkBatchFile, type BatchLine } from './batch-lines.ts';

/** What a route answered. */
export interface Answer {
  readonly status: number;
  readonly requestId: string;
  readonly body: unknown;
}

export interface BatchRunnerParts {
  readonly files: FileStore;
  readonly batches: BatchStore;
  readonly logger: Logger;
  /** Answers a request as the route of this path does, without the network. Rejects only when the signal aborts. */
  readonly dispatch: (path: string, body: object, signal: AbortSignal) => Promise<Answer>;
  /** Resolves once nobody waits for an answer. */
  readonly whenIdle: (signal: AbortSignal) => Promise<void>;
}

export interface NewBatch {
  readonly endpoint: string;
  readonly inputFileId: string;
  readonly metadata: Readonly<Record<string, string>> | null;
}

export interface BatchRunner {
  /** Goes on with what was not ended when the server stopped. */
  start(): void;
  create(batch: NewBatch): Promise<BatchRecord>;
  /** With the counts of this moment. Throws `bad_request` with status 404. */
  find(id: string): Promise<BatchRecord>;
  list(): Promise<readonly BatchRecord[]>;
  /** Throws `bad_request`: 404, or 409 where it has ended. */
  cancel(id: string): Promise<BatchRecord>;
  close(): Promise<void>;
}

/** The engine computes sequences together, so two take little longer than one; more would make a person wait who comes meanwhile. */
const atOnce = 2;

const windowSeconds = 24 * 3600;

const nowSeconds = () => Math.floor(Date.now() / 1000);

export function createBatchRunner(parts: BatchRunnerParts): BatchRunner {
  const { files, batches, logger } = parts;
  /** The batches that have not ended, oldest first; this process's view of them is the true one. */
  const open = new Map<string, BatchRecord>();
  const stops = new Map<string, AbortController>();
  const closing = new AbortController();
  const saving = oneAtATime();
  let working: Promise<void> = Promise.resolve();

  async function change(record: BatchRecord, changes: Partial<BatchRecord>): Promise<BatchRecord> {
    const changed = { ...record, ...changes };
    if (hasEnded(changed)) open.delete(changed.id);
    else open.set(changed.id, changed);
    // In the order of the changes, or an older state could be what stays.
    await saving(() => batches.save(changed));
    return changed;
  }

  function enqueue(id: string): void {
    working = working
      .then(() => work(id))
      .catch((thrown: unknown) => {
        logger.error('a batch can’t be ended', { id, reason: toCorralError(thrown).message });
      });
  }

  async function work(id: string): Promise<void> {
    if (closing.signal.aborted) return;
    const stop = new AbortController();
    stops.set(id, stop);
    const signal = AbortSignal.any([closing.signal, stop.signal]);
    try {
      const claim = await batches.claim(id, signal);
      try {
        await runBatch(id, signal);
      } finally {
        await claim.release();
      }
    } catch (thrown) {
      // Closed: the next start goes on. A batch that was cancelled while it waited has no results.
      if (!closing.signal.aborted) await fail(id, toCorralError(thrown));
    } finally {
      stops.delete(id);
    }
  }

  async function fail(id: string, error: CorralError): Promise<void> {
    logger.error('a batch failed', { id, code: error.code, reason: error.message });
    const record = open.get(id);
    if (record === undefined) return;
    if (record.status === 'cancelling') {
      await finish(record);
      return;
    }
    const data = [{ code: error.code, message: error.message, param: null, line: null }];
    const errors: BatchRecord['errors'] = { object: 'list', data };
    await change(record, { status: 'failed', failed_at: nowSeconds(), errors });
  }

  async function runBatch(id: string, signal: AbortSignal): Promise<void> {
    // Another process may have ended it meanwhile.
    let record = await batches.find(id);
    if (hasEnded(record)) {
      open.delete(id);
      return;
    }
    if (record.status === 'validating') record = await validate(record);
    if (record.status === 'in_progress') record = await answerLines(record, signal);
    if (!hasEnded(record)) await finish(record);
  }

  async function validate(record: BatchRecord): Promise<BatchRecord> {
    const { lines, errors } = await checkBatchFile(await files.read(record.input_file_id), record.endpoint);
    const current = open.get(record.id) ?? record;
    if (current.status === 'cancelling') return current;
    if (errors.length > 0) {
      const told: BatchRecord['errors'] = { object: 'list', data: [...errors] };
      return await change(current, { status: 'failed', failed_at: nowSeconds(), errors: told });
    }
    const request_counts = { total: lines, completed: 0, failed: 0 };
    return await change(current, { status: 'in_progress', in_progress_at: nowSeconds(), request_counts });
  }

  async function answerLines(started: BatchRecord, signal: AbortSignal): Promise<BatchRecord> {
    const { id } = started;
    const completed = await batches.resultLines(id, 'output');
    const failed = await batches.resultLines(id, 'errors');
    count(id, { completed, failed });
    let behind = completed + failed;
    const running: Promise<LineResult>[] = [];
    const settle = async () => {
      const result = await running.shift();
      if (result === undefined) return;
      await batches.append(id, result.kind, JSON.stringify(result.line));
      count(id, result.kind === 'output' ? { completed: 1, failed: 0 } : { completed: 0, failed: 1 });
    };
    try {
      for await (const line of batchLines(await files.read(started.input_file_id))) {
        if (behind > 0) {
          behind--;
          continue;
        }
        if (isOverdue(started)) {
          running.push(Promise.resolve(expiredResult(line)));
        } else {
          await parts.whenIdle(signal);
          const answer = answerLine(started.endpoint, line, signal);
          // Its error is told when its turn comes; until then it is nobody's.
          answer.catch(() => {});
          running.push(answer);
        }
        if (running.length >= atOnce) await settle();
      }
      while (running.length > 0) await settle();
    } catch (thrown) {
      if (open.get(id)?.status !== 'cancelling') throw thrown;
    }
    const current = open.get(id) ?? started;
    if (current.status === 'cancelling') return current;
    return await change(current, { status: 'finalizing', finalizing_at: nowSeconds() });
  }

  function count(id: string, { completed, failed }: { readonly completed: number; readonly failed: number }): void {
    const record = open.get(id);
    if (record === undefined) return;
    const { total, completed: before, failed: failedBefore } = record.request_counts;
    open.set(id, {
      ...record,
      request_counts: { total, completed: before + completed, failed: failedBefore + failed },
    });
  }

  async function answerLine(endpoint: string, { customId, body }: BatchLine, signal: AbortSignal): Promise<LineResult> {
    const { status, requestId, body: answer } = await parts.dispatch(endpoint, { ...body, stream: false }, signal);
    return {
      kind: status === 200 ? 'output' : 'errors',
      line: resultLine(customId, { status_code: status, request_id: requestId, body: answer }, null),
    };
  }

  async function finish(record: BatchRecord): Promise<void> {
    const { id, status } = record;
    const key = id.slice('batch_'.length);
    const output = await resultFile(id, 'output', `file-${key}o`);
    const errors = await resultFile(id, 'errors', `file-${key}e`);
    const now = nowSeconds();
    const end: Partial<BatchRecord> =
      status === 'cancelling'
        ? { status: 'cancelled', cancelled_at: now }
        : isOverdue(record)
          ? { status: 'expired', expired_at: now }
          : { status: 'completed', completed_at: now };
    await change(open.get(id) ?? record, { ...end, output_file_id: output, error_file_id: errors });
  }

  async function resultFile(id: string, kind: ResultKind, fileId: string): Promise<string | null> {
    const source = await batches.resultPath(id, kind);
    if (source === undefined) {
      // Perhaps it was moved just before the server stopped.
      return await files.find(fileId).then(
        () => fileId,
        () => null,
      );
    }
    await files.adopt(fileId, source, { filename: `${id}_${kind}.jsonl`, purpose: 'batch_output' });
    return fileId;
  }

  async function resume(): Promise<void> {
    try {
      const unfinished = (await batches.list()).filter((record) => !hasEnded(record)).toReversed();
      for (const record of unfinished) {
        // Counted again from what was written.
        open.set(record.id, { ...record, request_counts: { ...record.request_counts, completed: 0, failed: 0 } });
        enqueue(record.id);
      }
    } catch (thrown) {
      logger.error('the batches can’t be read', { reason: toCorralError(thrown).message });
    }
  }

  async function current(id: string): Promise<BatchRecord> {
    return open.get(id) ?? (await batches.find(id));
  }

  return {
    start() {
      working = working.then(resume);
    },
    async create({ endpoint, inputFileId, metadata }) {
      const record = newRecord(endpoint, inputFileId, metadata);
      await change(record, {});
      enqueue(record.id);
      return record;
    },
    find: current,
    async list() {
      return (await batches.list()).map((record) => open.get(record.id) ?? record);
    },
    async cancel(id) {
      const record = await current(id);
      if (hasEnded(record)) {
        throw new CorralError('bad_request', `Cannot cancel a batch with status '${record.status}'.`, { status: 409 });
      }
      const cancelling = await change(record, { status: 'cancelling', cancelling_at: nowSeconds() });
      stops.get(id)?.abort();
      return cancelling;
    },
    async close() {
      closing.abort();
      await working;
    },
  };
}

interface LineResult {
  readonly kind: ResultKind;
  readonly line: object;
}

function resultLine(customId: string, response: object | null, error: object | null): object {
  return { id: `batch_req_${randomUUID().replaceAll('-', '')}`, custom_id: customId, response, error };
}

function expiredResult({ customId }: BatchLine): LineResult {
  const error = {
    code: 'batch_expired',
    message: 'This request could not be executed before the completion window expired.',
  };
  return { kind: 'errors', line: resultLine(customId, null, error) };
}

function isOverdue({ expires_at: expiresAt }: BatchRecord): boolean {
  return expiresAt !== null && nowSeconds() > expiresAt;
}

function newRecord(endpoint: string, inputFileId: string, metadata: NewBatch['metadata']): BatchRecord {
  const now = nowSeconds();
  return {
    id: `batch_${randomBytes(12).toString('hex')}`,
    object: 'batch',
    endpoint,
    errors: null,
    input_file_id: inputFileId,
    completion_window: '24h',
    status: 'validating',
    output_file_id: null,
    error_file_id: null,
    created_at: now,
    in_progress_at: null,
    expires_at: now + windowSeconds,
    finalizing_at: null,
    completed_at: null,
    failed_at: null,
    expired_at: null,
    cancelling_at: null,
    cancelled_at: null,
    request_counts: { total: 0, completed: 0, failed: 0 },
    metadata,
  };
}
