/** The command line of `npm run bench -- ...`. */
import { parseArgs } from 'node:util';
import type { Scenario } from './scenario.ts';

export interface BenchArguments {
  /** Names of the chosen scenarios, in the list's own order. */
  readonly scenarioNames: readonly string[];
  /** Instead of scenarios: the simulation, which starts nothing. */
  readonly simulates: boolean;
  readonly runs: number;
  /** For `structure`; undefined = all of its schemas. */
  readonly mostSchemas: number | undefined;
  /** GGUF file, or name in Ollama's store; undefined = the starter model. */
  readonly model: string | undefined;
  readonly contextTokens: number;
  /** undefined = ../shared/peers beside the checkout. */
  readonly peersFolder: string | undefined;
  /** For tables, figures and plots; undefined = docs/benchmarks. */
  readonly resultsFolder: string | undefined;
  /** All figures of this run in one more file. */
  readonly jsonFile: string | undefined;
  readonly show: 'results' | 'list' | 'help';
}

const simulateVerb = 'simulate';

/** What a person typed wrongly; shown without a stack. */
export class BenchArgumentError extends Error {
  override readonly name = 'BenchArgumentError';
}

const defaultRuns = 5;
const defaultContextTokens = 4096;
/** Less does not hold the prompts of `serving`. */
const leastContextTokens = 2048;
const mostContextTokens = 1_048_576;
/** More than this is a slip of the keyboard: it would take days. */
const mostCount = 1000;

type Described = Pick<Scenario, 'name' | 'summary'>;

/** Throws BenchArgumentError for an unknown option, an unknown scenario or a bad number. */
export function parseBenchArguments(args: readonly string[], scenarios: readonly Described[]): BenchArguments {
  const { values, positionals } = parse(args);
  const known = scenarios.map((scenario) => scenario.name);
  const simulates = positionals.includes(simulateVerb);
  if (simulates && positionals.length > 1) throw new BenchArgumentError(`${simulateVerb} stands alone`);
  const unknown = positionals.filter((name) => name !== simulateVerb).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new BenchArgumentError(`there is no scenario "${unknown}"; there are: ${known.join(', ')}`);
  return {
    scenarioNames: positionals.length === 0 ? known : known.filter((name) => positionals.includes(name)),
    simulates,
    runs: values.runs === undefined ? defaultRuns : readCount('--runs', values.runs),
    mostSchemas: values.schemas === undefined ? undefined : readCount('--schemas', values.schemas),
    model: values.model,
    contextTokens: values.context === undefined ? defaultContextTokens : readContext(values.context),
    peersFolder: values.peers,
    resultsFolder: values.to,
    jsonFile: values.json,
    show: values.help === true ? 'help' : values.list === true ? 'list' : 'results',
  };
}

export function benchHelp(scenarios: readonly Described[]): string {
  const width = Math.max(...scenarios.map((scenario) => scenario.name.length));
  return [
    'Measures Corral beside real Ollama and llama-server: alternating runs, medians, ratios (above 1: Corral is better).',
    '',
    'Usage: npm run bench -- [SCENARIO...] [OPTIONS]',
    '',
    'Scenarios (all of them when none is named):',
    ...scenarios.map((scenario) => `  ${scenario.name.padEnd(width)}  ${scenario.summary}`),
    '',
    `Or ${simulateVerb}: the scheduler with thousands of clients in virtual time (docs/simulation.md).`,
    '',
    'Options:',
    `  --runs N        how often every contestant does each thing (default ${defaultRuns})`,
    "  --model MODEL   a GGUF file, or a model's name in your Ollama store (default: smollm2:135m, which comes with Corral)",
    `  --context N     tokens of context for each stream (default ${defaultContextTokens})`,
    '  --peers FOLDER  holds bin/ollama and lib/ollama/llama-server (default: ../shared/peers)',
    '  --schemas N     how many schemas structure sends, spread over its list (default: all)',
    '  --to FOLDER     where tables, figures and plots go (default: docs/benchmarks)',
    '  --json FILE     all figures of this run in one more file',
    '  --list          the names of the scenarios',
    '  --help          this text',
    '',
    'docs/benchmarks/README.md tells what each figure means.',
  ].join('\n');
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        model: { type: 'string' },
        context: { type: 'string' },
        peers: { type: 'string' },
        to: { type: 'string' },
        list: { type: 'boolean' },
        schemas: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new BenchArgumentError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readCount(option: string, text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= mostCount) return count;
  throw new BenchArgumentError(`${option} takes a whole number from 1 to ${mostCount}, not "${text}"`);
}

function readContext(text: string): number {
  const tokens = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (tokens >= leastContextTokens && tokens <= mostContextTokens) return tokens;
  throw new BenchArgumentError(
    `--context takes a whole number from ${leastContextTokens} to ${mostContextTokens}, not "${text}"`,
  );
}
