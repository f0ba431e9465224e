/** The server that a command left running behind it, told by the home folder it was started with. */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Residence } from '../contestants/ollama-like-program.ts';
import { endProcesses } from '../processes/end-process.ts';
import { descendants, processesAtHome } from '../processes/process-table.ts';

/** Where processes cannot be looked up, the server has to end by itself once its model has expired. */
const selfEndTimeoutMs = 60_000;
const pollMs = 10;

/** Ends every process of that home and resolves when nothing listens on the port. Throws if somebody still does after a minute. */
export async function endBackgroundServer({ home, port }: Residence): Promise<void> {
  const servers = processesAtHome(home);
  await endProcesses([...servers, ...servers.flatMap((server) => descendants(server.pid))]);
  for (const deadline = Date.now() + selfEndTimeoutMs; await listens(port); await sleep(pollMs)) {
    if (Date.now() > deadline) throw new Error('the background server of the run before has not ended');
  }
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
