/** What a server costs in memory while nobody uses it, and what each loaded model adds. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchServer } from '../contestants/bench-server.ts';
import { contextTokens, startLlamaServer } from '../contestants/llama-server-program.ts';
import { parallelStreams, startOllamaLike } from '../contestants/ollama-like-program.ts';
import { embedTexts } from '../measuring/embed-texts.ts';
import { generate } from '../measuring/generate.ts';
import { shortTexts, uniquePrompt } from '../measuring/prompt-text.ts';
import { privateBytesOfTree } from '../processes/private-memory.ts';
import { hasProcessTable } from '../processes/process-table.ts';
import { Scope } from '../processes/scope.ts';
import type { Entry, Measure, Scenario } from '../scenario.ts';

const measures: readonly Measure[] = [
  { name: 'server, no model', unit: 'MiB', better: 'lower' },
  { name: 'chat model adds', unit: 'MiB', better: 'lower' },
  { name: 'embedding model adds', unit: 'MiB', better: 'lower' },
  { name: 'server with the chat model', unit: 'MiB', better: 'lower' },
];

/** What a start or a request leaves to do (buffers, garbage) has settled by then. */
const settleMs = 500;

export const memory: Scenario = {
  name: 'memory',
  summary: 'private memory of an idle server and of each loaded model (Linux)',
  async open({ contestants: { corral, ollama, llamaServer } }) {
    if (!hasProcessTable) throw new Error("memory is read from Linux's /proc, which is not here");
    const entries: Entry[] = [];
    for (const program of [corral, ollama]) {
      if (program === undefined) continue;
      entries.push({
        label: program.name,
        role: program.role,
        run: (signal) =>
          withServer(
            (scope) => startOllamaLike(program, scope, signal),
            (server) => measureOllamaLike(server, signal),
          ),
      });
    }
    if (llamaServer !== undefined)
      entries.push({
        label: llamaServer.name,
        role: 'peer',
        run: (signal) =>
          withServer(
            (scope) => startLlamaServer(llamaServer, scope, signal),
            async (server) => [undefined, undefined, undefined, await afterChat(server, signal)],
          ),
      });
    return {
      trials: [{ measures, entries }],
      notes: [
        'private pages of the server and all its children, each run with a fresh server; weights count however they were loaded',
        `read ${settleMs} ms after the start, and after one short answer or embedding`,
        `${contextTokens} tokens of context for each stream; ollama and llama-server for ${parallelStreams} streams, corral as it chooses itself`,
      ],
    };
  },
};

async function withServer<Result>(
  start: (scope: Scope) => Promise<BenchServer>,
  use: (server: BenchServer) => Promise<Result>,
): Promise<Result> {
  const scope = new Scope();
  try {
    return await use(await start(scope));
  } finally {
    await scope.close();
  }
}

async function measureOllamaLike(server: BenchServer, signal: AbortSignal): Promise<readonly number[]> {
  const idle = await settledMebibytes(server, signal);
  const withChat = await afterChat(server, signal);
  await embedTexts(server, shortTexts(1), signal);
  const withBoth = await settledMebibytes(server, signal);
  return [idle, withChat - idle, withBoth - withChat, withChat];
}

async function afterChat(server: BenchServer, signal: AbortSignal): Promise<number> {
  await generate(server, { prompt: uniquePrompt(12), maxTokens: 8 }, signal);
  return await settledMebibytes(server, signal);
}

async function settledMebibytes(server: BenchServer, signal: AbortSignal): Promise<number> {
  await sleep(settleMs, undefined, { signal });
  return privateBytesOfTree(server.pid) / 2 ** 20;
}
