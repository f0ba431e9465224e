/**
 * Preloaded into a process (`node --import`): counts its calls into the file system and kills it with SIGKILL before the one that
 * CRASH_AT names; a write there is half done first. Without CRASH_AT it prints the count when the process ends.
 */
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const crashAt = Number(process.env['CRASH_AT'] ?? Infinity);
/** Only calls after the work has begun count: loading the program reads files too. */
globalThis.crashCount = undefined;

function counted(name, call) {
  return function count(...parameters) {
    if (globalThis.crashCount === undefined || ++globalThis.crashCount !== crashAt) return call.apply(this, parameters);
    const [bytes, offset = 0, length] = parameters;
    if (name === 'write' && bytes instanceof Uint8Array) {
      fs.writeSync(this.fd, bytes, offset, Math.floor((length ?? bytes.length - offset) / 2), parameters[3] ?? null);
    }
    process.kill(process.pid, 'SIGKILL');
    // The signal is on its way; nothing more may happen.
    return new Promise(() => {});
  };
}

const handle = await promises.open(new URL(import.meta.url), 'r');
const handleMethods = Object.getPrototypeOf(handle);
await handle.close();
for (const [object, names] of [
  [promises, ['open', 'rename', 'rm', 'writeFile', 'appendFile', 'mkdir', 'link', 'utimes']],
  [handleMethods, ['write', 'writeFile', 'sync', 'truncate', 'chmod', 'read']],
]) {
  for (const name of names) object[name] = counted(name, object[name]);
}
syncBuiltinESMExports();
process.on('exit', () => {
  if (crashAt === Infinity) process.stdout.write(String(globalThis.crashCount ?? 0));
});
