/**
 * Which starter models a store has ever been offered, in `.corral-starter.json` beside `manifests/` and `blobs/`: Ollama neither
 * reads nor removes files there.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { CorralError } from '../core/corral-error.ts';
import { placeBytes } from './place-bytes.ts';
import { removeAbandoned } from './place-file.ts';
import { readSmallFile } from './read-small-file.ts';
import { isAbsent, readFault } from './store-fault.ts';

const recordFile = '.corral-starter.json';

// A few names; whatever is larger was not written here.
const maxRecordBytes = 64 * 1024;

const recordSchema = z.object({ offered: z.array(z.string()) });

/** Display names of the models offered so far. A record that is no record counts as none. */
export async function readStarterRecord(modelsDir: string): Promise<Set<string>> {
  try {
    const { bytes } = await readSmallFile(join(modelsDir, recordFile), maxRecordBytes);
    return new Set(recordSchema.parse(JSON.parse(bytes.toString('utf8'))).offered);
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError || error instanceof z.ZodError) return new Set();
    if (error instanceof CorralError) return new Set();
    throw readFault('the record of starter models', error);
  }
}

/** Replaces the record, all or nothing. Throws what the file system throws. */
export async function writeStarterRecord(modelsDir: string, offered: ReadonlySet<string>): Promise<void> {
  await removeAbandoned(modelsDir);
  const bytes = Buffer.from(JSON.stringify({ offered: [...offered].sort() }) + '\n');
  await placeBytes({ bytes, target: join(modelsDir, recordFile) });
}
