/**
 * What was measured of models on this machine, remembered in a small file so that it is measured once. A file that can't be read or written costs a
 * measurement, nothing else.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Tuning } from './runner-protocol.ts';

const mostEntries = 256;
const schema = z.object({
  version: z.literal(1),
  entries: z.array(
    z.object({
      key: z.string().max(64),
      threads: z.int().min(1).max(1024),
      promptTokensPerMs: z.number().positive().max(1e6),
    }),
  ),
});

export interface TuningRecord {
  find(modelPath: string, choices: readonly number[]): Tuning | undefined;
  keep(modelPath: string, choices: readonly number[], tuning: Tuning): void;
}

export function openTuningRecord(file: string): TuningRecord {
  const read = () => {
    try {
      return schema.parse(JSON.parse(readFileSync(file, 'utf8'))).entries;
    } catch {
      return [];
    }
  };
  return {
    find(modelPath, choices) {
      const key = tuningKey(modelPath, choices);
      const entry = read().find((candidate) => candidate.key === key);
      return entry && { threads: entry.threads, promptTokensPerMs: entry.promptTokensPerMs };
    },
    keep(modelPath, choices, tuning) {
      const key = tuningKey(modelPath, choices);
      const others = read().filter((entry) => entry.key !== key);
      const text = JSON.stringify({ version: 1, entries: [{ key, ...tuning }, ...others].slice(0, mostEntries) });
      try {
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(`${file}.${process.pid}.partial`, text, { mode: 0o600 });
        renameSync(`${file}.${process.pid}.partial`, file);
      } catch {
        // Measured again next time.
      }
    },
  };
}

/** Weights are named after their digest; a folder of models may be carried from one machine to another. */
function tuningKey(modelPath: string, choices: readonly number[]): string {
  const machine = [cpus()[0]?.model, cpus().length, choices, path.basename(modelPath)];
  return createHash('sha256').update(JSON.stringify(machine)).digest('hex').slice(0, 32);
}
