/** Servers with the chat model loaded, asked over HTTP: one stream, many streams, long prompts and prompts that share a beginning. */
import { parallelStreams, type BenchServer } from '../contestants/bench-server.ts';
import { startServers } from '../contestants/start-servers.ts';
import { generateTogether } from '../measuring/generate-together.ts';
import { generate } from '../measuring/generate.ts';
import { uniquePrompt } from '../measuring/prompt-text.ts';
import { warmUp } from '../measuring/warm-up.ts';
import type { Measure, Scenario, Trial } from '../scenario.ts';

interface ServingTrial {
  readonly measure: Measure;
  readonly run: (server: BenchServer, signal: AbortSignal) => Promise<number>;
}

/** English prose of this length is about 1,500 tokens of the model. */
const longPromptWords = 1300;

const trials: readonly ServingTrial[] = [
  {
    measure: { name: 'decode, 1 stream', unit: 'tok/s', better: 'higher' },
    run: async (server, signal) =>
      (await generate(server, { prompt: uniquePrompt(24), maxTokens: 128 }, signal)).decodeTokensPerSecond,
  },
  {
    measure: { name: 'first text, new prompt of ~1500 tokens', unit: 'ms', better: 'lower' },
    run: async (server, signal) =>
      (await generate(server, { prompt: uniquePrompt(longPromptWords), maxTokens: 4 }, signal)).firstTextMs,
  },
  {
    measure: { name: 'first text, the same ~1500 tokens and another question', unit: 'ms', better: 'lower' },
    async run(server, signal) {
      const prefix = uniquePrompt(longPromptWords);
      await generate(server, { prompt: `${prefix} Who reads the book?`, maxTokens: 4 }, signal);
      return (await generate(server, { prompt: `${prefix} What is counted?`, maxTokens: 4 }, signal)).firstTextMs;
    },
  },
  {
    measure: { name: 'first text, short prompt', unit: 'ms', better: 'lower' },
    run: async (server, signal) =>
      (await generate(server, { prompt: uniquePrompt(12), maxTokens: 4 }, signal)).firstTextMs,
  },
  {
    measure: { name: '4 streams together', unit: 'tok/s', better: 'higher' },
    run: async (server, signal) => await totalRate(server, 4, signal),
  },
  {
    measure: { name: '8 streams together', unit: 'tok/s', better: 'higher' },
    run: async (server, signal) => await totalRate(server, 8, signal),
  },
  {
    measure: { name: '8 streams with one 600-token beginning, all done', unit: 'ms', better: 'lower' },
    async run(server, signal) {
      const prefix = uniquePrompt(520);
      const prompts = Array.from({ length: 8 }, (_, index) => `${prefix} Page ${index}.`);
      return (await generateTogether(server, prompts, 24, signal)).elapsedMs;
    },
  },
];

export const serving: Scenario = {
  name: 'serving',
  summary: 'loaded servers over HTTP: decode rate, time to first text, 4 and 8 streams, shared prefixes',
  async open(context) {
    const { chatModel, contextTokens } = context.contestants.setup;
    const servers = await startServers(context);
    return {
      trials: trials.map(({ measure, run }): Trial => ({
        measures: [measure],
        entries: servers.map((server) => ({
          label: server.name,
          role: server.role,
          prepare: (signal) => warmUp(server, signal),
          run: async (signal) => [await run(server, signal)],
        })),
      })),
      notes: [
        `${chatModel.name}, raw prompts, temperature 0, ${contextTokens} tokens of context for each stream`,
        `ollama and llama-server are told to serve ${parallelStreams} streams at once; corral finds its number itself`,
        'timed at the client; every prompt begins differently unless the line says that it shares its beginning',
      ],
    };
  },
};

async function totalRate(server: BenchServer, streams: number, signal: AbortSignal): Promise<number> {
  const prompts = Array.from({ length: streams }, () => uniquePrompt(60));
  return (await generateTogether(server, prompts, 96, signal)).tokensPerSecond;
}
