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
  /** undefined = a new file in bench-results/. */
  readonly jsonFile: string | undefined;
  readonly help: boolean;
}

const simulateVerb = 'simulate';

/** What a person typed wrongly; shown without a stack. */
export class BenchArgumentError extends Error {
  override readonly name = 'BenchArgumentError';
}

const defaultRuns = 5;
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
    jsonFile: values.json,
    help: values.help ?? false,
  };
}

export function benchHelp(scenarios: readonly Described[]): string {
  const width = Math.max(...scenarios.map((scenario) => scenario.name.length));
  return [
    'Measures Corral beside real Ollama and llama-server: alternating runs, medians, ratios (above 1: Corral is better).',
    '',
    'Usage: npm run bench -- [SCENARIO...] [--runs N] [--schemas N] [--json FILE]',
    '',
    'Scenarios (all of them when none is named):',
    ...scenarios.map((scenario) => `  ${scenario.name.padEnd(width)}  ${scenario.summary}`),
    '',
    `Or ${simulateVerb}: the scheduler with thousands of clients in virtual time (docs/simulation.md).`,
    '',
    'Options:',
    `  --runs N     how often every contestant does each thing (default ${defaultRuns})`,
    '  --schemas N  how many schemas structure sends, spread over its list (default: all)',
    '  --json FILE  where the figures go (default: a new file in bench-results/)',
    '  --help       this text',
    '',
    'docs/benchmarks.md tells what each figure means.',
  ].join('\n');
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
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
