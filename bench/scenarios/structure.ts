/**
 * Answers held to JSON Schemas: how many of the finished ones really follow their schema, how many schemas a server refuses, and what
 * the holding costs. A judge that belongs to nobody (ajv) decides.
 */
import { parallelStreams, type BenchServer } from '../contestants/bench-server.ts';
import { startServers } from '../contestants/start-servers.ts';
import { generate } from '../measuring/generate.ts';
import { inParallel } from '../measuring/in-parallel.ts';
import { faultOf } from '../measuring/json-schema-judge.ts';
import { warmUp } from '../measuring/warm-up.ts';
import type { Measure, Scenario, Trial } from '../scenario.ts';
import { allSchemas, type NamedSchema, spread } from './structure-schemas/all-schemas.ts';

const maxTokens = 200;

/** Schemas that the speed is measured with: their answers take a while, so that tokens can be timed. */
const timedSchemas: ReadonlySet<string> = new Set([
  'document: person',
  'document: event',
  'document: invoice with lines',
  'document: a conversation',
  'document: extraction from a text',
  'document: a plan of steps',
]);

const holdingMeasures: readonly Measure[] = [
  { name: 'finished answers that follow their schema', unit: '%', better: 'higher' },
  { name: 'schemas refused', unit: '%', better: 'lower' },
  { name: `answers finished within ${maxTokens} tokens, of those begun`, unit: '%', better: 'higher' },
];

const speedMeasures: readonly Measure[] = [
  { name: 'decode with a schema, 1 stream', unit: 'tok/s', better: 'higher' },
  { name: 'decode without, the same prompts and lengths', unit: 'tok/s', better: 'higher' },
  { name: 'with a schema over without', unit: 'ratio', better: 'higher' },
];

export const structure: Scenario = {
  name: 'structure',
  summary: 'answers held to over 200 JSON Schemas: valid ones, refused schemas, what it costs (--schemas N for fewer)',
  async open(context) {
    const servers = await startServers(context);
    const schemas = allSchemas();
    const chosen = spread(schemas, context.mostSchemas ?? schemas.length);
    const timed = schemas.filter(({ name }) => timedSchemas.has(name));
    return {
      trials: [holdingTrial(servers, chosen), speedTrial(servers, timed)],
      notes: [
        `${chosen.length} schemas; ${context.contestants.setup.chatModel.name}, temperature 1, seeds fixed, at most ${maxTokens} tokens, ${parallelStreams} requests at once`,
        'a schema is refused when the server answers an error; finished: the model ended the answer; ajv judges (2020-12, with formats)',
        `decoding is timed at the client after the first text, one request at a time, ${timed.length} schemas`,
        'corral and ollama through format of /api/generate, llama-server through json_schema of /completion',
      ],
    };
  },
};

function promptFor(name: string): string {
  const task = name.replace(/^[^:]*: /, '');
  return `<|im_start|>user\nWrite an example as JSON: ${task}.<|im_end|>\n<|im_start|>assistant\n`;
}

type Outcome = 'valid' | 'invalid' | 'unfinished' | 'refused';

function holdingTrial(servers: readonly BenchServer[], schemas: readonly NamedSchema[]): Trial {
  const remarks = new Set<string>();
  const answer = async (
    server: BenchServer,
    { name, schema }: NamedSchema,
    seed: number,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    try {
      const request = { prompt: promptFor(name), maxTokens, drawnWithSeed: seed, schema };
      const { text, isFinished } = await generate(server, request, signal);
      if (!isFinished) return 'unfinished';
      const fault = faultOf(schema, text);
      if (fault === undefined) return 'valid';
      remarks.add(`${server.name}, invalid: ${name} (${fault}): ${text.replaceAll(/\s+/g, ' ').slice(0, 60)}`);
      return 'invalid';
    } catch (thrown) {
      signal.throwIfAborted();
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      remarks.add(`${server.name}, refused: ${name}: ${reason.replaceAll(/\s+/g, ' ').slice(0, 160)}`);
      return 'refused';
    }
  };
  return {
    measures: holdingMeasures,
    entries: servers.map((server) => {
      let round = 0;
      return {
        label: server.name,
        role: server.role,
        prepare: (signal) => warmUp(server, signal),
        async run(signal) {
          const seed = ++round;
          const outcomes = await inParallel(schemas, parallelStreams, (schema) => answer(server, schema, seed, signal));
          const count = (outcome: Outcome): number => outcomes.filter((each) => each === outcome).length;
          const finished = count('valid') + count('invalid');
          return [
            percent(count('valid'), finished),
            percent(count('refused'), outcomes.length),
            percent(finished, outcomes.length - count('refused')),
          ];
        },
      };
    }),
    remarks: () => [...remarks].sort(),
  };
}

function speedTrial(servers: readonly BenchServer[], schemas: readonly NamedSchema[]): Trial {
  return {
    measures: speedMeasures,
    entries: servers.map((server) => {
      let round = 0;
      return {
        label: server.name,
        role: server.role,
        prepare: (signal) => warmUp(server, signal),
        async run(signal) {
          const seed = ++round;
          const held = new Rate();
          const free = new Rate();
          for (const { name, schema } of schemas) {
            const request = { prompt: promptFor(name), drawnWithSeed: seed };
            const answer = await generate(server, { ...request, maxTokens, schema }, signal);
            held.add(answer);
            free.add(await generate(server, { ...request, maxTokens: answer.tokens }, signal));
          }
          return [held.perSecond, free.perSecond, held.perSecond / free.perSecond];
        },
      };
    }),
  };
}

/** Tokens per second over several answers. */
class Rate {
  #tokens = 0;
  #seconds = 0;

  add({ tokens, decodeTokensPerSecond }: { readonly tokens: number; readonly decodeTokensPerSecond: number }): void {
    if (decodeTokensPerSecond === 0) return;
    this.#tokens += tokens - 1;
    this.#seconds += (tokens - 1) / decodeTokensPerSecond;
  }

  get perSecond(): number {
    return this.#tokens / this.#seconds;
  }
}

function percent(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : (100 * part) / whole;
}
