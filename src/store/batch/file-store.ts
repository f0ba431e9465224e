/**
 * Files that clients upload for batches, and the results made of them: `<id>` has the bytes, `<id>.json` what is known of them. The bytes
 * are put in place first, so a file is there once its description is; they are removed last.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CorralError } from '../../core/corral-error.ts';
import { placeBytes } from '../place-bytes.ts';
import { readSmallFile } from '../read-small-file.ts';
import { isAbsent } from '../store-fault.ts';
import { readFault, throwWriteFault } from './batch-fault.ts';
import { makePrivateFolder } from './private-folder.ts';

export interface AboutFile {
  readonly filename: string;
  readonly purpose: string;
}

export type StoredFile = z.output<typeof storedFile>;

/** Bytes that were received and are no file yet. */
export interface ReceivedFile {
  readonly sizeBytes: number;
  keep(about: AboutFile): Promise<StoredFile>;
  discard(): Promise<void>;
}

export interface FileStore {
  /** Throws `store_write`, or what `chunks` throws; then nothing stays behind. */
  receive(chunks: AsyncIterable<Uint8Array>): Promise<ReceivedFile>;
  /** Makes the file at a path, on the same disk, one of these. Once more with the same id is no fault. */
  adopt(id: string, source: string, about: AboutFile): Promise<StoredFile>;
  /** Newest first. */
  list(): Promise<readonly StoredFile[]>;
  /** Throws `bad_request` with status 404. */
  find(id: string): Promise<StoredFile>;
  /** As `find`. */
  read(id: string): Promise<ReadStream>;
  /** As `find`. */
  remove(id: string): Promise<void>;
}

const storedFile = z.object({
  id: z.string(),
  filename: z.string(),
  purpose: z.string(),
  sizeBytes: z.number(),
  /** Seconds since 1970. */
  createdAt: z.number(),
});

/** Names and purposes of a few hundred characters. */
const maxDescriptionBytes = 16 * 1024;
const idPattern = /^file-[a-z\d]{1,64}$/;

function newFileId(): string {
  return `file-${randomBytes(12).toString('hex')}`;
}

/** Nothing is made before the first file comes. */
export function openFileStore(folder: string): FileStore {
  const dataPath = (id: string) => path.join(folder, id);
  const aboutPath = (id: string) => path.join(folder, `${id}.json`);

  async function describe(id: string, { filename, purpose }: AboutFile): Promise<StoredFile> {
    const { size } = await stat(dataPath(id));
    const file = { id, filename, purpose, sizeBytes: size, createdAt: Math.floor(Date.now() / 1000) };
    await placeBytes({ bytes: Buffer.from(JSON.stringify(file)), target: aboutPath(id) });
    return file;
  }

  async function find(id: string): Promise<StoredFile> {
    if (!idPattern.test(id)) throw noSuchFile(id);
    try {
      const { bytes } = await readSmallFile(aboutPath(id), maxDescriptionBytes);
      return storedFile.parse(JSON.parse(bytes.toString()));
    } catch (error) {
      throw isAbsent(error) ? noSuchFile(id) : readFault('a file', error);
    }
  }

  return {
    find,
    async receive(chunks) {
      const id = newFileId();
      const partial = `${dataPath(id)}.part`;
      await makePrivateFolder(folder).catch(throwWriteFault);
      try {
        const sizeBytes = await writeChunks(partial, chunks);
        return {
          sizeBytes,
          async keep(about) {
            await rename(partial, dataPath(id)).catch(throwWriteFault);
            return await describe(id, about).catch(throwWriteFault);
          },
          discard: () => rm(partial, { force: true }),
        };
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
    async adopt(id, source, about) {
      await makePrivateFolder(folder).catch(throwWriteFault);
      try {
        await rename(source, dataPath(id));
      } catch (error) {
        // Moved already, by whoever was stopped before it could describe it.
        if (!isAbsent(error)) throwWriteFault(error);
      }
      return await describe(id, about).catch(throwWriteFault);
    },
    async list() {
      const names = await readdir(folder).catch((error: unknown) => {
        if (isAbsent(error)) return [];
        throw readFault('the files', error);
      });
      const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
      // One that is damaged or has just been removed is no reason to show none.
      const files = await Promise.all(ids.map((id) => find(id).catch(() => undefined)));
      return files
        .filter((file) => file !== undefined)
        .toSorted((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? -1 : 1));
    },
    async read(id) {
      await find(id);
      return createReadStream(dataPath(id));
    },
    async remove(id) {
      await find(id);
      await rm(aboutPath(id), { force: true }).catch(throwWriteFault);
      await rm(dataPath(id), { force: true }).catch(throwWriteFault);
    },
  };
}

async function writeChunks(target: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await open(target, 'wx', 0o600).catch(throwWriteFault);
  try {
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      await file.writeFile(chunk).catch(throwWriteFault);
      sizeBytes += chunk.length;
    }
    await file.sync().catch(throwWriteFault);
    return sizeBytes;
  } finally {
    await file.close();
  }
}

function noSuchFile(id: string): CorralError {
  return new CorralError('bad_request', `No such File object: ${id.slice(0, 100)}`, { status: 404, param: 'id' });
}
