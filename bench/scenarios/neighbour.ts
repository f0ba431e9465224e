/** Servers beside a program that keeps one core busy all the time, as on a PC that somebody works at. */
import { spawn } from 'node:child_process';
import type { BenchServer } from '../contestants/bench-server.ts';
import { startServers } from '../contestants/start-servers.ts';
import { generateTogether } from '../measuring/generate-together.ts';
import { generate } from '../measuring/generate.ts';
import { uniquePrompt } from '../measuring/prompt-text.ts';
import { warmUp } from '../measuring/warm-up.ts';
import { endChild } from '../processes/end-process.ts';
import type { Scope } from '../processes/scope.ts';
import type { Measure, Scenario } from '../scenario.ts';

interface NeighbourTrial {
  readonly measure: Measure;
  readonly run: (server: BenchServer, signal: AbortSignal) => Promise<number>;
}

const trials: readonly NeighbourTrial[] = [
  {
    measure: { name: 'decode, 1 stream', unit: 'tok/s', better: 'higher' },
    run: async (server, signal) =>
      (await generate(server, { prompt: uniquePrompt(24), maxTokens: 128 }, signal)).decodeTokensPerSecond,
  },
  {
    measure: { name: 'first text, short prompt', unit: 'ms', better: 'lower' },
    run: async (server, signal) =>
      (await generate(server, { prompt: uniquePrompt(12), maxTokens: 4 }, signal)).firstTextMs,
  },
  {
    measure: { name: 'first text, new prompt of ~600 tokens', unit: 'ms', better: 'lower' },
    run: async (server, signal) =>
      (await generate(server, { prompt: uniquePrompt(520), maxTokens: 4 }, signal)).firstTextMs,
  },
  {
    measure: { name: '4 streams together', unit: 'tok/s', better: 'higher' },
    async run(server, signal) {
      const prompts = Array.from({ length: 4 }, () => uniquePrompt(60));
      return (await generateTogether(server, prompts, 96, signal)).tokensPerSecond;
    },
  },
];

export const neighbour: Scenario = {
  name: 'neighbour',
  summary: 'the same beside a program that keeps one core busy',
  async open(context) {
    const { chatModel } = context.contestants.setup;
    const servers = await startServers(context);
    keepCoreBusy(context.scope);
    return {
      trials: trials.map(({ measure, run }) => ({
        measures: [measure],
        entries: servers.map((server) => ({
          label: server.name,
          role: server.role,
          prepare: (signal) => warmUp(server, signal),
          run: async (signal) => [await run(server, signal)],
        })),
      })),
      notes: [
        `${chatModel.name}, raw prompts, temperature 0; one process computes all the time, with the same priority`,
        'every server may use as many threads as there are cores, as after its installation',
      ],
    };
  },
};

function keepCoreBusy(scope: Scope): void {
  const child = spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' });
  scope.defer(() => endChild(child));
}
