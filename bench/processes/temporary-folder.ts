import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Scope } from './scope.ts';

/** A new private folder that goes with the scope. */
export async function temporaryFolder(scope: Scope, name: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), `corral-bench-${name}-`));
  // A server that was just ended may still be closing its log: try again instead of leaving the folder.
  scope.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return folder;
}
