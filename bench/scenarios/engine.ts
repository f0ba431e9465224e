/**
 * What the program around the engine costs: decoding and prefill as a client sees them, against llama-bench, which calls the same engine
 * without server, sampling or text. Drafts are off in the judged column, since llama-bench has none.
 */
import { startOllamaLike } from '../contestants/ollama-like-program.ts';
import { runLlamaBench, type LlamaBenchProgram } from '../contestants/llama-bench-program.ts';
import type { LabelledServer } from '../contestants/labelled-server.ts';
import { generate } from '../measuring/generate.ts';
import { uniquePrompt } from '../measuring/prompt-text.ts';
import { warmUp } from '../measuring/warm-up.ts';
import type { Entry, Measure, Scenario, Trial } from '../scenario.ts';

const decodeMeasure: Measure = { name: 'decode, 1 stream, 128 tokens (tg128)', unit: 'tok/s', better: 'higher' };
const prefillMeasure: Measure = { name: 'prefill of about 512 tokens (pp512)', unit: 'tok/s', better: 'higher' };

/** About 512 tokens of the starter model. The rate counts the real number. */
const prefillWords = 450;

export const engine: Scenario = {
  name: 'engine',
  summary: 'decode and prefill of one stream against llama-bench (tg128, pp512)',
  async open({ contestants: { corral, llamaBench, setup }, scope, signal }) {
    const servers: LabelledServer[] = [];
    if (corral !== undefined) {
      const withoutDrafts = { environment: { CORRAL_SPECULATION: '0' } };
      const plain = await startOllamaLike(corral, scope, signal, withoutDrafts);
      servers.push({ server: plain, label: 'corral', role: 'corral' });
      const drafting = await startOllamaLike(corral, scope, signal);
      servers.push({ server: drafting, label: 'corral, drafts', role: 'reference' });
    }
    return {
      trials: [decodeTrial(servers, llamaBench), prefillTrial(servers.slice(0, 1), llamaBench)],
      notes: [
        `${setup.chatModel.name}; corral over HTTP with CORRAL_SPECULATION=0; "drafts": as it is, which llama-bench has no match for`,
        'corral decodes behind a prompt of some 10 tokens, timed at the client after the first text',
        "corral's prefill is the prompt's tokens over the time to the first text: HTTP, tokenizing and one decoded token are in it",
        'llama-bench: one repetition for each run after its own warm-up, with the threads it chooses itself',
      ],
    };
  },
};

function decodeTrial(servers: readonly LabelledServer[], llamaBench: LlamaBenchProgram | undefined): Trial {
  const entries = servers.map(({ server, label, role }): Entry => ({
    label,
    role,
    prepare: (signal) => warmUp(server, signal),
    run: async (signal) => [
      (await generate(server, { prompt: uniquePrompt(4), maxTokens: 128 }, signal)).decodeTokensPerSecond,
    ],
  }));
  return { measures: [decodeMeasure], entries: [...entries, ...benchEntries(llamaBench, 'tg128')] };
}

function prefillTrial(servers: readonly LabelledServer[], llamaBench: LlamaBenchProgram | undefined): Trial {
  const entries = servers.map(({ server, label, role }): Entry => ({
    label,
    role,
    prepare: (signal) => warmUp(server, signal),
    async run(signal) {
      const request = { prompt: uniquePrompt(prefillWords), maxTokens: 2 };
      const { promptTokens, firstTextMs } = await generate(server, request, signal);
      if (promptTokens === undefined) throw new Error('the server did not count the tokens of the prompt');
      return [promptTokens / (firstTextMs / 1000)];
    },
  }));
  return { measures: [prefillMeasure], entries: [...entries, ...benchEntries(llamaBench, 'pp512')] };
}

function benchEntries(program: LlamaBenchProgram | undefined, test: 'tg128' | 'pp512'): readonly Entry[] {
  if (program === undefined) return [];
  return [{ label: 'llama-bench', role: 'peer', run: async (signal) => [await runLlamaBench(program, test, signal)] }];
}
