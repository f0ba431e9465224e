/**
 * Batches on disk: `<id>.json` is the batch, `<id>.output` and `<id>.errors` the results so far, a line each, in the order of the requests.
 * Every request has its line in one of the two, so their lines together say where a server that was stopped goes on.
 */
import { createReadStream } from 'node:fs';
import { appendFile, readdir, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { CorralError } from '../../core/corral-error.ts';
import { claimPartial, type PartialClaim } from '../claim-partial.ts';
import { placeBytes } from '../place-bytes.ts';
import { readSmallFile } from '../read-small-file.ts';
import { isAbsent } from '../store-fault.ts';
import { readFault, throwWriteFault } from './batch-fault.ts';
import { batchRecord, type BatchRecord } from './batch-record.ts';
import { makePrivateFolder } from './private-folder.ts';

export type ResultKind = 'output' | 'errors';

export interface BatchStore {
  save(record: BatchRecord): Promise<void>;
  /** Throws `bad_request` with status 404. */
  find(id: string): Promise<BatchRecord>;
  /** Newest first; what can't be read is left out. */
  list(): Promise<readonly BatchRecord[]>;
  /** Waits until no other process works on the batch. */
  claim(id: string, signal: AbortSignal): Promise<PartialClaim>;
  append(id: string, kind: ResultKind, line: string): Promise<void>;
  /** Lines that were written whole; half a line at the end is removed. */
  resultLines(id: string, kind: ResultKind): Promise<number>;
  /** Where the results lie; undefined where there are none. */
  resultPath(id: string, kind: ResultKind): Promise<string | undefined>;
}

/** Errors of the input take most of it: a hundred of a few hundred bytes. */
const maxRecordBytes = 256 * 1024;
const idPattern = /^batch_[a-z\d]{1,64}$/;
const newline = 0x0a;

export function openBatchStore(folder: string): BatchStore {
  const recordPath = (id: string) => path.join(folder, `${id}.json`);
  const resultsPath = (id: string, kind: ResultKind) => path.join(folder, `${id}.${kind}`);

  async function find(id: string): Promise<BatchRecord> {
    if (!idPattern.test(id)) throw noSuchBatch(id);
    try {
      const { bytes } = await readSmallFile(recordPath(id), maxRecordBytes);
      return batchRecord.parse(JSON.parse(bytes.toString()));
    } catch (error) {
      throw isAbsent(error) ? noSuchBatch(id) : readFault('a batch', error);
    }
  }

  return {
    find,
    async save(record) {
      try {
        await makePrivateFolder(folder);
        await placeBytes({ bytes: Buffer.from(JSON.stringify(record)), target: recordPath(record.id) });
      } catch (error) {
        throwWriteFault(error);
      }
    },
    async list() {
      const names = await readdir(folder).catch((error: unknown) => {
        if (isAbsent(error)) return [];
        throw readFault('the batches', error);
      });
      const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
      const records = await Promise.all(ids.map((id) => find(id).catch(() => undefined)));
      return records
        .filter((record) => record !== undefined)
        .toSorted((one, other) => other.created_at - one.created_at || (one.id < other.id ? -1 : 1));
    },
    claim: (id, signal) => claimPartial(path.join(folder, id), signal),
    async append(id, kind, line) {
      await appendFile(resultsPath(id, kind), line + '\n', { mode: 0o600 }).catch(throwWriteFault);
    },
    async resultLines(id, kind) {
      try {
        return await countWholeLines(resultsPath(id, kind));
      } catch (error) {
        if (isAbsent(error)) return 0;
        throw readFault('the results of a batch', error);
      }
    },
    async resultPath(id, kind) {
      const target = resultsPath(id, kind);
      return await stat(target).then(
        () => target,
        () => undefined,
      );
    },
  };
}

async function countWholeLines(target: string): Promise<number> {
  let lines = 0;
  let at = 0;
  let end = 0;
  for await (const chunk of createReadStream(target) as AsyncIterable<Buffer>) {
    for (let found = chunk.indexOf(newline); found !== -1; found = chunk.indexOf(newline, found + 1)) {
      lines++;
      end = at + found + 1;
    }
    at += chunk.length;
  }
  if (end < at) await truncate(target, end);
  return lines;
}

function noSuchBatch(id: string): CorralError {
  return new CorralError('bad_request', `No batch found with id '${id.slice(0, 100)}'.`, { status: 404, param: 'id' });
}
