/**
 * Into which parts a download is cut, and the records of parts as Ollama writes them beside a half-finished blob, so that each program
 * finishes what the other began. Pure.
 */
import { z } from 'zod';

export interface PartRecord {
  /** Part of the record's file name; 0, 1, 2, ... */
  readonly number: number;
  /** Where it begins in the blob. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** How much of it is there. */
  readonly completedBytes: number;
}

const wantedParts = 16;
/** Smaller parts cost more requests than they win by being fetched at the same time. */
const minPartBytes = 16 * 1024 * 1024;
/** Larger ones leave the last stream alone for too long. A 400 GB model has 3200 of them. */
const maxPartBytes = 128 * 1024 * 1024;

/** A record is one short line. */
export const maxRecordBytes = 4096;

export function layOutParts(sizeBytes: number): PartRecord[] {
  const partBytes = Math.min(maxPartBytes, Math.max(minPartBytes, Math.ceil(sizeBytes / wantedParts)));
  return Array.from({ length: Math.ceil(sizeBytes / partBytes) }, (_, number) => {
    const offset = number * partBytes;
    return { number, offset, sizeBytes: Math.min(partBytes, sizeBytes - offset), completedBytes: 0 };
  });
}

const count = z.int().nonnegative();
const recordSchema = z.object({ N: count, Offset: count, Size: count, Completed: count });

/** undefined for text that is no record. */
export function parsePartRecord(text: string): PartRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Cut off by a crash.
    return undefined;
  }
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success || parsed.data.Completed > parsed.data.Size) return undefined;
  const { N, Offset, Size, Completed } = parsed.data;
  return { number: N, offset: Offset, sizeBytes: Size, completedBytes: Completed };
}

export function printPartRecord({ number, offset, sizeBytes, completedBytes }: PartRecord): string {
  return JSON.stringify({ N: number, Offset: offset, Size: sizeBytes, Completed: completedBytes }) + '\n';
}

/** The records in the order of their bytes; undefined unless they cover the blob without gap or overlap, numbered 0 to n - 1. */
export function coveringParts(records: readonly PartRecord[], sizeBytes: number): PartRecord[] | undefined {
  const ordered = [...records].sort((one, other) => one.offset - other.offset);
  let end = 0;
  for (const { offset, sizeBytes: partBytes } of ordered) {
    if (offset !== end || partBytes === 0) return undefined;
    end += partBytes;
  }
  const numbers = new Set(records.map(({ number }) => number));
  const numbered = numbers.size === records.length && records.every(({ number }) => number < records.length);
  return end === sizeBytes && numbered ? ordered : undefined;
}
