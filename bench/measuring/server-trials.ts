/** One thing that every loaded server is asked for, and the figures that more than one scenario asks for. */
import type { BenchServer } from '../contestants/bench-server.ts';
import { generateTogether } from './generate-together.ts';
import { generate } from './generate.ts';
import { uniquePrompt } from './prompt-text.ts';
import { warmUp } from './warm-up.ts';
import type { EntryRole, Measure, Trial } from '../scenario.ts';

export interface ServerTrial {
  readonly measure: Measure;
  readonly run: (server: BenchServer, signal: AbortSignal) => Promise<number>;
}

/** A server as one of those that are compared. */
export interface ComparedServer {
  readonly label: string;
  readonly role: EntryRole;
  readonly server: BenchServer;
}

export function asContestants(servers: readonly BenchServer[]): readonly ComparedServer[] {
  return servers.map((server) => ({ label: server.name, role: server.role, server }));
}

/** Each trial for all servers, after a question that has the model loaded. */
export function trialsOf(trials: readonly ServerTrial[], compared: readonly ComparedServer[]): readonly Trial[] {
  return trials.map(({ measure, run }) => ({
    measures: [measure],
    entries: compared.map(({ label, role, server }) => ({
      label,
      role,
      prepare: (signal) => warmUp(server, signal),
      run: async (signal) => [await run(server, signal)],
    })),
  }));
}

export const decodeOneStream: ServerTrial = {
  measure: { name: 'decode, 1 stream', unit: 'tok/s', better: 'higher' },
  run: async (server, signal) =>
    (await generate(server, { prompt: uniquePrompt(24), maxTokens: 128 }, signal)).decodeTokensPerSecond,
};

/** English prose of `words`. */
export function firstTextOf(prompt: string, words: number): ServerTrial {
  return {
    measure: { name: `first text, ${prompt}`, unit: 'ms', better: 'lower' },
    run: async (server, signal) =>
      (await generate(server, { prompt: uniquePrompt(words), maxTokens: 4 }, signal)).firstTextMs,
  };
}

export const firstTextOfShortPrompt = firstTextOf('short prompt', 12);

export function streamsTogether(streams: number): ServerTrial {
  return {
    measure: { name: `${streams} streams together`, unit: 'tok/s', better: 'higher' },
    async run(server, signal) {
      const prompts = Array.from({ length: streams }, () => uniquePrompt(60));
      return (await generateTogether(server, prompts, 96, signal)).tokensPerSecond;
    },
  };
}
