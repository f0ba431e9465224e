/** `server.json` in the user's `.ollama` folder: the one switch that Ollama's desktop program writes there. */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';

// One switch today; a larger file is not what this reads.
const maxServerFileBytes = 1024 * 1024;

const serverFileSchema = z.object({ disable_ollama_cloud: z.boolean().nullish() });

/** Whether the file at `path` switches cloud features off. No file says no; one that can't be read says no and tells `warn`. */
export function readCloudDisabled(path: string, warn: (reason: string) => void): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return false;
    if (!found.isFile() || found.size > maxServerFileBytes) throw new Error('not a small plain file');
    return serverFileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).disable_ollama_cloud ?? false;
  } catch {
    // The cloud is never on here, so nothing depends on the contents: a note is enough.
    warn('the file is not readable as {"disable_ollama_cloud": true|false} and is ignored');
    return false;
  }
}
