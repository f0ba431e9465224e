/** Many more streams than a machine has cores: how much is done in all, how evenly the pieces come, and how long the last one waits. */
import { generateTogether } from '../measuring/generate-together.ts';
import { uniquePrompt } from '../measuring/prompt-text.ts';
import { warmUp } from '../measuring/warm-up.ts';
import { startServers } from '../contestants/start-servers.ts';
import { percentile } from '../report/percentile.ts';
import type { Measure, Scenario } from '../scenario.ts';

const streams = 32;
/** 32 streams of this are as much KV cache as the 8 streams of the other scenarios. */
const contextTokens = 1024;
const maxTokens = 64;

const measures: readonly Measure[] = [
  { name: `${streams} streams together`, unit: 'tok/s', better: 'higher' },
  { name: '99 of 100 waits between two pieces of a stream are shorter', unit: 'ms', better: 'lower' },
  { name: 'longest wait for a first text', unit: 'ms', better: 'lower' },
];

export const crowd: Scenario = {
  name: 'crowd',
  summary: `${streams} streams at once: tokens per second, waits between pieces, the longest wait for a first text`,
  async open(context) {
    const servers = await startServers(context, { streams, contextTokens });
    return {
      trials: [
        {
          measures,
          entries: servers.map((server) => ({
            label: server.name,
            role: server.role,
            prepare: (signal) => warmUp(server, signal),
            async run(signal) {
              const prompts = Array.from({ length: streams }, () => uniquePrompt(60));
              const { generations, tokensPerSecond } = await generateTogether(server, prompts, maxTokens, signal);
              const gapsMs = generations.flatMap((generation) => generation.gapsMs);
              const firstTextsMs = generations.map(({ firstTextMs }) => firstTextMs);
              return [tokensPerSecond, percentile(gapsMs, 99), Math.max(...firstTextsMs)];
            },
          })),
        },
      ],
      notes: [
        `different prompts of about 75 tokens, ${maxTokens} tokens each, ${contextTokens} tokens of context for each stream`,
        `ollama and llama-server are told to serve ${streams} streams at once; corral finds its number itself`,
        'a piece is what arrives at once at the client, and may hold several tokens: few large pieces have longer waits',
      ],
    };
  },
};
