/** What is left of a long prompt's work when the server was stopped and started again. */
import { serverKinds } from '../contestants/start-servers.ts';
import type { BenchServer, ServerKind } from '../contestants/bench-server.ts';
import { generate } from '../measuring/generate.ts';
import { uniquePrompt } from '../measuring/prompt-text.ts';
import type { Scope } from '../processes/scope.ts';
import type { Entry, Measure, Scenario } from '../scenario.ts';

const leastContextTokens = 8192;
/** English prose of this length is about 6,000 tokens of the starter model. */
const promptWords = 5200;

const measures: readonly Measure[] = [
  { name: 'first text after a restart, the same ~6000 tokens', unit: 'ms', better: 'lower' },
  { name: 'the same, with starting the server and loading the model', unit: 'ms', better: 'lower' },
];

export const restart: Scenario = {
  name: 'restart',
  summary: 'server stopped and started again, then the same prompt of ~6000 tokens',
  async open({ contestants, scope }) {
    const contextTokens = Math.max(leastContextTokens, contestants.setup.contextTokens);
    const entries = serverKinds(contestants).map((kind) => restartEntry(kind, contextTokens, scope));
    return {
      trials: [{ measures, entries }],
      notes: [
        `the prompt was answered before; the server is ended with SIGTERM and started again on the same store; context ${contextTokens}`,
        'a request of one other word loads the model first, for all alike: the first row begins after it, the second with the start of the program',
      ],
    };
  },
};

function restartEntry(kind: ServerKind, contextTokens: number, scope: Scope): Entry {
  const prompt = uniquePrompt(promptWords);
  let running: BenchServer | undefined;
  const startAndAsk = async (signal: AbortSignal): Promise<readonly number[]> => {
    const startedMs = performance.now();
    const server = await kind.start(scope, signal, { contextTokens });
    running = server;
    await generate(server, { prompt: 'Hello', maxTokens: 1 }, signal);
    const loadedMs = performance.now() - startedMs;
    const { firstTextMs } = await generate(server, { prompt, maxTokens: 4 }, signal);
    return [firstTextMs, loadedMs + firstTextMs];
  };
  return {
    label: kind.name,
    role: kind.role,
    prepare: async (signal) => void (await startAndAsk(signal)),
    async run(signal) {
      await running?.stop();
      return await startAndAsk(signal);
    },
  };
}
