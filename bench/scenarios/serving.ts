/** Servers with the chat model loaded, asked over HTTP: one stream, many streams, long prompts and prompts that share a beginning. */
import { parallelStreams } from '../contestants/bench-server.ts';
import { startServers } from '../contestants/start-servers.ts';
import { generateTogether } from '../measuring/generate-together.ts';
import { generate } from '../measuring/generate.ts';
import { uniquePrompt } from '../measuring/prompt-text.ts';
import {
  asContestants,
  decodeOneStream,
  firstTextOf,
  firstTextOfShortPrompt,
  streamsTogether,
  trialsOf,
  type ServerTrial,
} from '../measuring/server-trials.ts';
import type { Scenario } from '../scenario.ts';

/** English prose of this length is about 1,500 tokens of the model. */
const longPromptWords = 1300;

const trials: readonly ServerTrial[] = [
  decodeOneStream,
  firstTextOf('new prompt of ~1500 tokens', longPromptWords),
  {
    measure: { name: 'first text, the same ~1500 tokens and another question', unit: 'ms', better: 'lower' },
    async run(server, signal) {
      const prefix = uniquePrompt(longPromptWords);
      await generate(server, { prompt: `${prefix} Who reads the book?`, maxTokens: 4 }, signal);
      return (await generate(server, { prompt: `${prefix} What is counted?`, maxTokens: 4 }, signal)).firstTextMs;
    },
  },
  firstTextOfShortPrompt,
  streamsTogether(4),
  streamsTogether(8),
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
      trials: trialsOf(trials, asContestants(servers)),
      notes: [
        `${chatModel.name}, raw prompts, temperature 0, ${contextTokens} tokens of context for each stream`,
        `ollama and llama-server are told to serve ${parallelStreams} streams at once; corral finds its number itself`,
        'timed at the client; every prompt begins differently unless the line says that it shares its beginning',
      ],
    };
  },
};
