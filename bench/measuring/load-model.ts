/** Loading and unloading a model of an Ollama-like server, outside of what is timed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchServer } from '../contestants/bench-server.ts';
import { descendants } from '../processes/process-table.ts';
import { postJson } from './post-json.ts';

/** Unloading takes a fraction of a second; a model that stays this long does not go. */
const unloadTimeoutMs = 30_000;
const pollMs = 10;

/** Resolves when the chat model is in memory with the server's default context. */
export async function loadModel(server: BenchServer, model: string, signal: AbortSignal): Promise<void> {
  await (await postJson(`${server.url}/api/generate`, { model, keep_alive: '10m' }, signal)).arrayBuffer();
}

/** Resolves when no model is loaded any more and, where that can be seen, its process has ended. */
export async function unloadModel(server: BenchServer, model: string, signal: AbortSignal): Promise<void> {
  await (await postJson(`${server.url}/api/generate`, { model, keep_alive: 0 }, signal)).arrayBuffer();
  for (const deadline = Date.now() + unloadTimeoutMs; Date.now() < deadline;) {
    const reply = await fetch(`${server.url}/api/ps`, { signal });
    const { models } = (await reply.json()) as { models: readonly unknown[] };
    if (models.length === 0 && descendants(server.pid).length === 0) return;
    await sleep(pollMs, undefined, { signal });
  }
  throw new Error(`${server.name} still has a model loaded ${unloadTimeoutMs} ms after it was asked to unload it`);
}
