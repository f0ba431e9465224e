import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { orderFile, profiledRoles, type ProfiledRole, type Recording } from './recording.ts';

const pollMs = 20;
/** A busy runner reads signals between its steps. */
const timeoutMs = 30_000;

export type Profiles = Readonly<Record<ProfiledRole, unknown>>;

/** Records server and runner while `work` runs. Throws if one of them does not answer. */
export async function recordWhile<Result>(
  folder: string,
  recording: Recording,
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<{ readonly profiles: Profiles; readonly result: Result }> {
  writeFileSync(path.join(folder, orderFile), JSON.stringify(recording));
  const place = (role: ProfiledRole, ending: string): string =>
    path.join(folder, `${recording.name}.${role}.${ending}`);
  const tellAll = async (answer: string): Promise<void> => {
    for (const role of profiledRoles) {
      const pidFile = path.join(folder, `${role}.pid`);
      await untilThere(pidFile, signal);
      process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGUSR2');
    }
    for (const role of profiledRoles) await untilThere(place(role, answer), signal);
  };
  await tellAll('begun');
  const result = await work();
  await tellAll('json');
  const read = (role: ProfiledRole): unknown => JSON.parse(readFileSync(place(role, 'json'), 'utf8'));
  return { profiles: { server: read('server'), runner: read('runner') }, result };
}

async function untilThere(file: string, signal: AbortSignal): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !existsSync(file); await sleep(pollMs, undefined, { signal })) {
    if (Date.now() > deadline) throw new Error(`${path.basename(file)} did not come within ${timeoutMs} ms`);
  }
}
