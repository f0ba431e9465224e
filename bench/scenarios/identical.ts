/**
 * Whether speed changes text: the greedy answers of a plain server, one at a time, against the same prompts with drafts, with a prefix that is
 * already cached, and with seven others beside. No peers: this is about Corral's promise that its features do not change an answer.
 */
import { parallelStreams, type BenchServer } from '../contestants/bench-server.ts';
import { startOllamaLike, type OllamaLikeProgram } from '../contestants/ollama-like-program.ts';
import { withServer } from '../contestants/start-servers.ts';
import { firstDifference } from '../measuring/first-difference.ts';
import { generate } from '../measuring/generate.ts';
import { inParallel } from '../measuring/in-parallel.ts';
import { promptsOfTwoLanguages as prompts } from '../measuring/prompts-of-two-languages.ts';
import type { Measure, Scenario } from '../scenario.ts';

const maxTokens = 96;

interface Variant {
  readonly name: string;
  readonly drafts: boolean;
  readonly streams: number;
  /** The same server was asked all prompts before. */
  readonly isSecondTime: boolean;
}

/** In the order in which one server is asked; the first one is what the others are held against. */
const plain: Variant = { name: 'alone, no drafts', drafts: false, streams: 1, isSecondTime: false };
const variants: readonly Variant[] = [
  { name: 'no drafts, prompt cached', drafts: false, streams: 1, isSecondTime: true },
  { name: `no drafts, ${parallelStreams} at once`, drafts: false, streams: parallelStreams, isSecondTime: false },
  { name: 'drafts, alone', drafts: true, streams: 1, isSecondTime: false },
  { name: 'drafts, prompt cached', drafts: true, streams: 1, isSecondTime: true },
  { name: `drafts, ${parallelStreams} at once`, drafts: true, streams: parallelStreams, isSecondTime: false },
];

const measures = variants.map((variant): Measure => ({
  name: variant.name,
  unit: `equal of ${prompts.length}`,
  better: 'higher',
}));

export const identical: Scenario = {
  name: 'identical',
  summary: `greedy text of ${prompts.length} prompts with features on and off: how many are equal (no peers)`,
  async open({ contestants: { corral } }) {
    if (corral === undefined) throw new Error('only corral takes part, and it does not run');
    const remarks = new Set<string>();
    const run = async (signal: AbortSignal): Promise<readonly number[]> => {
      const expected = await answers(corral, plain, signal);
      const counts: number[] = [];
      for (const variant of variants) {
        const places = (await answers(corral, variant, signal)).map((text, index) =>
          firstDifference(expected[index] ?? '', text),
        );
        counts.push(places.filter((place) => place === undefined).length);
        for (const [index, place] of places.entries())
          if (place !== undefined)
            remarks.add(`${variant.name}: "${oneLine(prompts[index])}" differs from character ${place} on`);
      }
      return counts;
    };
    return {
      trials: [{ measures, entries: [{ label: corral.name, role: 'corral', run }], remarks: () => [...remarks] }],
      notes: [
        `${maxTokens} tokens at temperature 0 for each of ${prompts.length} prompts, half English, half Korean; a fresh server for each row`,
        `held against: ${plain.name}, prompt never seen before`,
        'no setting switches the prefix cache off: "cached" asks a server twice and takes the second answers, all others are first answers',
      ],
    };
  },
};

async function answers(program: OllamaLikeProgram, variant: Variant, signal: AbortSignal): Promise<readonly string[]> {
  const environment: Readonly<Record<string, string>> = variant.drafts ? {} : { CORRAL_SPECULATION: '0' };
  return await withServer(
    (scope) => startOllamaLike(program, scope, signal, { environment }),
    async (server) => {
      if (variant.isSecondTime) await askAll(server, variant.streams, signal);
      return await askAll(server, variant.streams, signal);
    },
  );
}

function askAll(server: BenchServer, streams: number, signal: AbortSignal): Promise<readonly string[]> {
  return inParallel(prompts, streams, async (prompt) => (await generate(server, { prompt, maxTokens }, signal)).text);
}

function oneLine(text = ''): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 40);
}
