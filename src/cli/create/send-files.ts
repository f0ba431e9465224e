/** Brings files to the server as blobs: hashed here, and sent only where the server does not have them yet. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ProgressView } from '../progress/progress-view.ts';
import type { ServerClient } from '../server-client.ts';
import { sharedFileNames } from './file-names.ts';
import { readParts } from './read-parts.ts';

export interface FileSender {
  readonly client: ServerClient;
  readonly view: ProgressView;
  readonly signal: AbortSignal;
}

/** Digest by name, as a request to /api/create lists files; undefined for no files. Throws the file system's errors and the server's. */
export async function sendFiles(
  files: readonly string[],
  sender: FileSender,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (files.length === 0) return undefined;
  const names = sharedFileNames(files);
  const digests: Record<string, string> = {};
  for (const file of files) digests[names.get(file) ?? ''] = await sendFile(file, sender);
  return digests;
}

async function sendFile(file: string, { client, view, signal }: FileSender): Promise<string> {
  const name = path.basename(file);
  const { size: totalBytes } = await stat(file);
  const tell = (text: string) => (completedBytes: number) => {
    view.show(totalBytes > 0 ? { text, key: file, totalBytes, completedBytes } : { text });
  };
  const hash = createHash('sha256');
  for await (const part of readParts(file, totalBytes, tell(`hashing ${name}`), signal)) hash.update(part);
  const digest = `sha256:${hash.digest('hex')}`;
  const target = `/api/blobs/${digest}`;
  if (await client.exists(target, { signal })) return digest;
  const bytes = readParts(file, totalBytes, tell(`copying ${name}`), signal);
  await client.upload(target, { bytes, sizeBytes: totalBytes }, { signal });
  return digest;
}
