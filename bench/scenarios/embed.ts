/** Texts to embed as an indexer sends them: a few short ones, and a whole collection of mixed length. */
import type { BenchServer } from '../contestants/bench-server.ts';
import { embeddingModel } from '../contestants/models.ts';
import { startOllamaLike } from '../contestants/ollama-like-program.ts';
import { embedTexts } from '../measuring/embed-texts.ts';
import { mixedTexts, shortTexts } from '../measuring/prompt-text.ts';
import type { Scenario, Trial } from '../scenario.ts';

const shortCount = 64;
const mixedCount = 2000;
const textsPerRequest = 100;

export const embed: Scenario = {
  name: 'embed',
  summary: `${shortCount} short texts in one request, and ${mixedCount} of 8 to 200 words in requests of ${textsPerRequest}`,
  async open({ contestants: { corral, ollama }, scope, signal }) {
    const servers: BenchServer[] = [];
    for (const program of [corral, ollama])
      if (program !== undefined) servers.push(await startOllamaLike(program, scope, signal));
    return {
      trials: [
        embedTrial(`${shortCount} texts of about 10 words`, servers, () => [shortTexts(shortCount)]),
        embedTrial(`${mixedCount} texts of 8 to 200 words`, servers, () =>
          Array.from({ length: mixedCount / textsPerRequest }, () => mixedTexts(textsPerRequest)),
        ),
      ],
      notes: [
        `${embeddingModel.name}, model loaded, /api/embed; requests one after another, ${textsPerRequest} texts each where there are ${mixedCount}`,
        'a text longer than the model reads is cut by both alike',
      ],
    };
  },
};

function embedTrial(name: string, servers: readonly BenchServer[], makeRequests: () => readonly string[][]): Trial {
  return {
    measures: [{ name, unit: 'texts/s', better: 'higher' }],
    entries: servers.map((server) => ({
      label: server.name,
      role: server.role,
      prepare: async (signal) => void (await embedTexts(server, shortTexts(1), signal)), // loads the model
      async run(signal) {
        const requests = makeRequests();
        const startedMs = performance.now();
        for (const texts of requests) await embedTexts(server, texts, signal);
        return [requests.flat().length / ((performance.now() - startedMs) / 1000)];
      },
    })),
  };
}
