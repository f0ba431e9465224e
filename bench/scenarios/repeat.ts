/**
 * Answers that say again what their prompt says (an edited file, a quotation), and answers that do not: the first is where drafting from the
 * text itself pays, the second where it must not cost anything.
 */
import type { BenchServer } from '../contestants/bench-server.ts';
import type { LabelledServer } from '../contestants/labelled-server.ts';
import { startOllamaLike } from '../contestants/ollama-like-program.ts';
import { startServers } from '../contestants/start-servers.ts';
import { generate } from '../measuring/generate.ts';
import { uniquePrompt } from '../measuring/prompt-text.ts';
import { editPrompt, quotePrompt } from '../measuring/repeating-prompts.ts';
import { warmUp } from '../measuring/warm-up.ts';
import type { Measure, Scenario, Trial } from '../scenario.ts';

const editedTokens = 160;
/** What is left of the paragraph; behind it the model goes on by itself, and nothing is quoted. */
const quotedTokens = 80;
const freeTokens = 128;

export const repeat: Scenario = {
  name: 'repeat',
  summary: 'text that repeats its prompt (an edited file, a quotation), and text that does not',
  async open(context) {
    const { contestants, scope, signal } = context;
    const servers = (await startServers(context)).map((server): LabelledServer => ({
      server,
      label: server.name,
      role: server.role,
    }));
    const { corral } = contestants;
    if (corral !== undefined) {
      const server = await startOllamaLike(corral, scope, signal, { environment: { CORRAL_SPECULATION: '0' } });
      servers.push({ server, label: 'corral, no drafts', role: 'reference' });
    }
    return {
      trials: [
        rateTrial('edit a file: one name changes', servers, (server, _, signal) =>
          rateOf(server, { prompt: editPrompt(), maxTokens: editedTokens }, signal),
        ),
        rateTrial('quote a paragraph', servers, (server, _, signal) =>
          rateOf(server, { prompt: quotePrompt(), maxTokens: quotedTokens }, signal),
        ),
        rateTrial(
          'text that does not repeat',
          servers.filter(({ role }) => role !== 'peer'),
          (server, round, signal) =>
            rateOf(server, { prompt: uniquePrompt(24), maxTokens: freeTokens, drawnWithSeed: round }, signal),
        ),
      ],
      notes: [
        `${contestants.setup.chatModel.name}, raw prompts, decode rate at the client after the first text; up to ${editedTokens} tokens of the file and ${quotedTokens} of the paragraph, at temperature 0`,
        'the model is not asked nicely but led: the file or paragraph stands there, its heading once more, and it goes on',
        `text that does not repeat: ${freeTokens} tokens at temperature 1, a seed for each run; corral against itself with CORRAL_SPECULATION=0`,
      ],
    };
  },
};

function rateTrial(
  name: string,
  servers: readonly LabelledServer[],
  run: (server: BenchServer, round: number, signal: AbortSignal) => Promise<number>,
): Trial {
  const measure: Measure = { name, unit: 'tok/s', better: 'higher' };
  return {
    measures: [measure],
    entries: servers.map(({ server, label, role }) => {
      let round = 0;
      return {
        label,
        role,
        prepare: (signal) => warmUp(server, signal),
        run: async (signal) => [await run(server, ++round, signal)],
      };
    }),
  };
}

async function rateOf(
  server: BenchServer,
  request: { readonly prompt: string; readonly maxTokens: number; readonly drawnWithSeed?: number },
  signal: AbortSignal,
): Promise<number> {
  return (await generate(server, request, signal)).decodeTokensPerSecond;
}
