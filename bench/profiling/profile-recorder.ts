/**
 * Preloaded (`node --import`) into Corral's server by `npm run profile`, and by itself into the runners that the server forks; the product
 * knows nothing of it. Records what the parent's order file says between one SIGUSR2 and the next, so that starting and loading stay out.
 *
 * Everything is said with files of one folder: `order` holds the recording's name, `NAME.ROLE.begun` and `NAME.ROLE.json` answer.
 */
import childProcess from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import inspector from 'node:inspector';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderVariable, orderFile, type Recording } from './recording.ts';

const folder = process.env[folderVariable];
if (folder !== undefined) record(folder);

function record(folder: string): void {
  const role = (process.argv[1] ?? '').endsWith('runner-main.js') ? 'runner' : 'server';
  if (role === 'server') followChildren(folder);
  const session = new inspector.Session();
  session.connect();
  const place = (name: string, ending: string): string => path.join(folder, `${name}.${role}.${ending}`);
  let current: Recording | undefined;
  process.on('SIGUSR2', () => {
    if (current === undefined) {
      current = JSON.parse(readFileSync(path.join(folder, orderFile), 'utf8')) as Recording;
      begin(session, current.kind);
      writeFileSync(place(current.name, 'begun'), '');
    } else {
      const profile = end(session, current.kind);
      writeWhole(place(current.name, 'json'), JSON.stringify(profile));
      current = undefined;
    }
  });
  writeWhole(path.join(folder, `${role}.pid`), String(process.pid));
}

/** Whoever waits for the file finds all of it. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

/** The server forks its runners with an environment and arguments of its own choice: both get what brings this file along. */
function followChildren(folder: string): void {
  const fork = childProcess.fork;
  const followed = (program: string, args: readonly string[], options: childProcess.ForkOptions) =>
    fork(program, args, {
      ...options,
      execArgv: [...(options.execArgv ?? []), '--import', fileURLToPath(import.meta.url)],
      env: { ...(options.env ?? process.env), [folderVariable]: folder },
    });
  childProcess.fork = followed as typeof fork;
  syncBuiltinESMExports();
}

const cpuIntervalUs = 500;
const heapIntervalBytes = 4096;

/** On this thread the answers come before `post` returns. */
function begin(session: inspector.Session, kind: Recording['kind']): void {
  if (kind === 'cpu') {
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: cpuIntervalUs });
    session.post('Profiler.start');
  } else {
    // With what was collected meanwhile: all that was allocated, not what is left.
    const all = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
    session.post('HeapProfiler.startSampling', { samplingInterval: heapIntervalBytes, ...all });
  }
}

function end(session: inspector.Session, kind: Recording['kind']): unknown {
  let profile: unknown;
  const receive = (_: Error | null, answer: { readonly profile: unknown }) => (profile = answer.profile);
  if (kind === 'cpu') session.post('Profiler.stop', receive);
  else session.post('HeapProfiler.stopSampling', receive);
  return profile;
}
