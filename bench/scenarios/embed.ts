/** Texts to embed as an indexer sends them: a few short ones, and a whole collection of mixed length. */
import type { BenchServer } from '../contestants/bench-server.ts';
import { embeddingModel } from '../contestants/models.ts';
import { startOllamaLike } from '../contestants/ollama-like-program.ts';
import { embedTrial } from '../measuring/embed-trial.ts';
import { mixedTexts, shortTexts } from '../measuring/prompt-text.ts';
import { asContestants } from '../measuring/server-trials.ts';
import type { Scenario } from '../scenario.ts';

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
    const compared = asContestants(servers).map((each) => ({ ...each, model: embeddingModel.name }));
    return {
      trials: [
        embedTrial(`${shortCount} texts of about 10 words`, compared, () => [shortTexts(shortCount)]),
        embedTrial(`${mixedCount} texts of 8 to 200 words`, compared, () =>
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
