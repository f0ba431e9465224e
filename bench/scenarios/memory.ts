/** What a server costs in memory, alone and with models, and how long it takes to its first answer. */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parallelStreams, type BenchServer, type ServerKind } from '../contestants/bench-server.ts';
import type { Contestants } from '../contestants/contestants.ts';
import { startOllamaLike } from '../contestants/ollama-like-program.ts';
import { serverKinds, withServer } from '../contestants/start-servers.ts';
import { embedTexts } from '../measuring/embed-texts.ts';
import { generate } from '../measuring/generate.ts';
import { kvCacheBytes } from '../measuring/kv-cache-bytes.ts';
import { shortTexts, uniquePrompt } from '../measuring/prompt-text.ts';
import { privateBytesOfTree, proportionalBytes, residentBytes } from '../processes/process-memory.ts';
import { descendants, hasProcessTable } from '../processes/process-table.ts';
import type { Measure, Scenario } from '../scenario.ts';

const measures: readonly Measure[] = [
  { name: 'server, no model: resident', unit: 'MiB', better: 'lower' },
  { name: 'server, no model: private', unit: 'MiB', better: 'lower' },
  { name: 'start of the server to its first reply', unit: 'ms', better: 'lower' },
  { name: 'start of the server to its first answer of the model', unit: 'ms', better: 'lower' },
  { name: 'runner of the chat model, beyond weights and KV', unit: 'MiB', better: 'lower' },
  { name: 'chat model adds', unit: 'MiB', better: 'lower' },
  { name: 'embedding model adds', unit: 'MiB', better: 'lower' },
  { name: 'server with the chat model', unit: 'MiB', better: 'lower' },
];

/** What a start or a request leaves to do (buffers, garbage) has settled by then. */
const settleMs = 500;
const bytesPerMebibyte = 2 ** 20;

export const memory: Scenario = {
  name: 'memory',
  summary: 'memory of an idle server and of each loaded model, and the time to the first answer (Linux)',
  async open({ contestants, signal }) {
    if (!hasProcessTable) throw new Error("memory is read from Linux's /proc, which is not here");
    const { contextTokens, chatModel } = contestants.setup;
    const kvCells = parallelStreams * contextTokens;
    const modelBytes = statSync(chatModel.file).size + (await kvBytes(contestants, kvCells, signal));
    // As many cells for Corral as the others get: they reserve all of them, it would take what it thinks is needed.
    const settings = { environment: { CORRAL_KV_CELLS: String(kvCells) } };
    return {
      trials: [
        {
          measures,
          entries: serverKinds(contestants).map((kind) => ({
            label: kind.name,
            role: kind.role,
            run: (signal) => measure(kind, settings, modelBytes, signal),
          })),
        },
      ],
      notes: [
        `each run with a fresh server, read ${settleMs} ms after its start and after each answer; resident: the server process alone, others' pages it maps included`,
        'private: pages of the server and all its children that nobody else has; weights count however they were loaded',
        `${parallelStreams} streams of ${contextTokens} tokens for everybody (corral: CORRAL_KV_CELLS=${kvCells}), KV of 16 bits`,
        `beyond weights and KV: Pss of the processes that hold the model, less ${toMebibytes(modelBytes).toFixed(0)} MiB of file and cache; compute buffers and repacked weights remain`,
        'llama-server is never without a model, so it has only some of the rows; its first reply comes when the model is loaded',
      ],
    };
  },
};

/** Throws where there is nobody who can show the model. */
async function kvBytes({ corral, ollama }: Contestants, cells: number, signal: AbortSignal): Promise<number> {
  const program = corral ?? ollama;
  if (program === undefined) throw new Error('neither corral nor ollama is there to show the model');
  return await withServer(
    (scope) => startOllamaLike(program, scope, signal),
    (server) => kvCacheBytes(server, cells, signal),
  );
}

async function measure(
  kind: ServerKind,
  settings: { readonly environment: Readonly<Record<string, string>> },
  modelBytes: number,
  signal: AbortSignal,
): Promise<readonly (number | undefined)[]> {
  const startedMs = performance.now();
  return await withServer(
    (scope) => kind.start(scope, signal, settings),
    async (server) => {
      const repliedMs = performance.now() - startedMs;
      await answerShortly(server, signal);
      const answeredMs = performance.now() - startedMs;
      const withChat = await settledMebibytes(server, signal);
      const overhead = toMebibytes(proportionalBytes(modelHolders(server)) - modelBytes);
      if (server.protocol === 'llama-server')
        return [undefined, undefined, undefined, answeredMs, overhead, undefined, undefined, withChat];
      await embedTexts(server, shortTexts(1), signal);
      const embeddingAdds = (await settledMebibytes(server, signal)) - withChat;
      const idle = await measureIdle(kind, settings, signal);
      const chatAdds = withChat - idle.privateMebibytes;
      const { residentMebibytes, privateMebibytes } = idle;
      return [residentMebibytes, privateMebibytes, repliedMs, answeredMs, overhead, chatAdds, embeddingAdds, withChat];
    },
  );
}

/** A server of its own: the pause before reading it must not be part of the time to the first answer. */
async function measureIdle(
  kind: ServerKind,
  settings: { readonly environment: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<{ readonly residentMebibytes: number; readonly privateMebibytes: number }> {
  return await withServer(
    (scope) => kind.start(scope, signal, settings),
    async (server) => {
      const privateMebibytes = await settledMebibytes(server, signal);
      return { privateMebibytes, residentMebibytes: toMebibytes(residentBytes(server.pid)) };
    },
  );
}

/** llama-server holds its model itself, the others in children. */
function modelHolders(server: BenchServer): readonly number[] {
  const children = descendants(server.pid).map(({ pid }) => pid);
  return server.protocol === 'llama-server' ? [server.pid, ...children] : children;
}

async function answerShortly(server: BenchServer, signal: AbortSignal): Promise<void> {
  await generate(server, { prompt: uniquePrompt(12), maxTokens: 8 }, signal);
}

async function settledMebibytes(server: BenchServer, signal: AbortSignal): Promise<number> {
  await sleep(settleMs, undefined, { signal });
  return toMebibytes(privateBytesOfTree(server.pid));
}

function toMebibytes(bytes: number): number {
  return bytes / bytesPerMebibyte;
}
