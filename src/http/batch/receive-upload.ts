/** A file in a form (multipart/form-data, RFC 7578), straight to the disk: it may be larger than what should be held in memory. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { CorralError } from '../../core/corral-error.ts';
import type { FileStore, ReceivedFile } from '../../store/batch/file-store.ts';
import { bodyChunks } from '../body-chunks.ts';

/** OpenAI's own bound for the input of a batch. */
export const maxFileBytes = 200 * 1024 * 1024;

/** A purpose, and perhaps when the file expires; what is more is no form of this API. */
const limits = { files: 1, fileSize: maxFileBytes, fields: 16, fieldSize: 1024, parts: 20, headerPairs: 20 };

/** What a form has beside its file. */
const formBytes = 64 * 1024;

const maxFilenameLength = 255;

export interface Upload {
  readonly fields: ReadonlyMap<string, string>;
  readonly filename: string;
  readonly file: ReceivedFile;
}

/** The form's field `file`. Throws `bad_request` for what is no such form (413 for a file that is too large), `store_write`, `canceled`. */
export async function receiveUpload(request: IncomingMessage, store: FileStore): Promise<Upload> {
  if (Number(request.headers['content-length'] ?? 0) > maxFileBytes + formBytes) throw tooLarge();
  const parser = createParser(request);
  const fields = new Map<string, string>();
  let stream: BusboyFileStream | undefined;
  let filename = '';
  let receiving: Promise<ReceivedFile> | undefined;
  parser.on('field', (name, value) => void fields.set(name, value));
  parser.on('file', (name, part, partFilename) => {
    if (name !== 'file' || stream !== undefined) {
      part.resume();
      return;
    }
    stream = part;
    part.once('limit', () => parser.destroy(tooLarge()));
    filename = partFilename.slice(0, maxFilenameLength);
    receiving = store.receive(part.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>);
    // What failed is thrown below; the rest of the form has to be read all the same.
    receiving.catch(() => part.resume());
  });
  try {
    await pipeline(bodyChunks(request), parser);
  } catch (error) {
    await abandon(stream, receiving);
    throw error instanceof CorralError ? error : notAForm(error);
  }
  if (receiving === undefined) throw new CorralError('bad_request', "'file' is a required property", { param: 'file' });
  return { fields, filename, file: await receiving };
}

function tooLarge(): CorralError {
  return new CorralError('bad_request', `the file is too large: at most ${maxFileBytes / 1024 / 1024} MB`, {
    status: 413,
    param: 'file',
    hint: 'Split the requests into several files.',
  });
}

function createParser(request: IncomingMessage): BusboyInstance {
  try {
    return Busboy({ headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' }, limits });
  } catch (error) {
    throw notAForm(error);
  }
}

async function abandon(stream: Readable | undefined, receiving: Promise<ReceivedFile> | undefined): Promise<void> {
  stream?.destroy(new Error('the upload broke off'));
  const file = await receiving?.catch(() => undefined);
  await file?.discard();
}

function notAForm(cause: unknown): CorralError {
  return new CorralError('bad_request', 'the body is not a well-formed multipart/form-data', { cause });
}
