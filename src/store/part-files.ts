/** The files of a half-finished blob: `<blob>-partial` with its bytes, `<blob>-partial-<n>` with the record of part n. */
import { constants } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { coveringParts, maxRecordBytes, parsePartRecord, printPartRecord, type PartRecord } from './part-layout.ts';
import { readSmallFile } from './read-small-file.ts';
import { isAbsent } from './store-fault.ts';

export function partialPath(blob: string): string {
  return `${blob}-partial`;
}

/** The records that are there and make sense together; undefined otherwise. Throws what the file system throws. */
export async function readPartRecords(blob: string, sizeBytes: number): Promise<PartRecord[] | undefined> {
  const records: PartRecord[] = [];
  for (const path of await recordPaths(blob)) {
    const { bytes } = await readSmallFile(path, maxRecordBytes);
    const record = parsePartRecord(bytes.toString());
    if (record === undefined || recordPath(blob, record.number) !== path) return undefined;
    records.push(record);
  }
  return records.length === 0 ? undefined : coveringParts(records, sizeBytes);
}

/**
 * Writes a record over the one before, in one write: that takes no room, so what has arrived is told on a full disk too. A record grows as
 * its part does; one that a crash mixed up is none, and costs its blob's bytes. Not flushed: what it says is proved by the blob's digest.
 */
export async function writePartRecord(blob: string, record: PartRecord): Promise<void> {
  const text = Buffer.from(printPartRecord(record));
  const file = await open(recordPath(blob, record.number), constants.O_WRONLY | constants.O_CREAT, 0o644);
  try {
    await file.write(text, 0, text.byteLength, 0);
    await file.truncate(text.byteLength);
  } finally {
    await file.close();
  }
}

export async function removePartRecords(blob: string): Promise<void> {
  for (const path of await recordPaths(blob)) await rm(path, { force: true });
}

function recordPath(blob: string, number: number): string {
  return `${partialPath(blob)}-${number}`;
}

async function recordPaths(blob: string): Promise<string[]> {
  const prefix = `${basename(partialPath(blob))}-`;
  try {
    const entries = await readdir(dirname(blob));
    return entries.filter((entry) => entry.startsWith(prefix)).map((entry) => join(dirname(blob), entry));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
