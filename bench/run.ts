/**
 * `npm run bench`: Corral beside its peers on this machine. Builds nothing and, but for the simulation, knows nothing of Corral's inside:
 * it starts the programs as a user would. Everything it starts lives in temporary folders on loopback ports and goes when it ends, also on Ctrl+C.
 */
import path from 'node:path';
import { BenchArgumentError, benchHelp, parseBenchArguments, type BenchArguments } from './bench-arguments.ts';
import type { BenchSetup } from './contestants/bench-setup.ts';
import { findContestants, type Contestants } from './contestants/contestants.ts';
import { readersModel, starterChatModel } from './contestants/models.ts';
import { projectRoot } from './contestants/project-root.ts';
import { Scope } from './processes/scope.ts';
import type { ScenarioResult } from './report/json-report.ts';
import { judge, type MeasureResult } from './report/measure-result.ts';
import { failureLines, scenarioTable } from './report/scenario-table.ts';
import { writeJson, writeScenario } from './report/write-results.ts';
import { runTrial } from './run-trials.ts';
import { scenarios } from './scenario-list.ts';
import type { Scenario } from './scenario.ts';
import { runSimulation } from './simulation/run-simulation.ts';

const exitInterrupted = 130;
const exitUsage = 2;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: BenchArguments;
  let setup: BenchSetup;
  try {
    options = parseBenchArguments(args, scenarios);
    setup = benchSetup(options);
  } catch (thrown) {
    if (!(thrown instanceof BenchArgumentError)) throw thrown;
    console.error(`Error: ${thrown.message}\nSee npm run bench -- --help`);
    return exitUsage;
  }
  if (options.show !== 'results') {
    console.log(options.show === 'help' ? benchHelp(scenarios) : scenarios.map(({ name }) => name).join('\n'));
    return 0;
  }
  if (options.simulates) return runSimulation(options.jsonFile && path.resolve(options.jsonFile));

  const scope = new Scope();
  const interrupt = new AbortController();
  // Repeated signals change nothing: ending what was started takes a few seconds at most, and must not be cut short.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupt.abort());
  // Whoever read the results has gone (`| head`).
  process.stdout.on('error', () => interrupt.abort());
  try {
    return await bench(options, setup, { scope, signal: interrupt.signal });
  } catch (thrown) {
    if (!interrupt.signal.aborted) throw thrown;
    console.error('Interrupted: everything that was started is being ended');
    return exitInterrupted;
  } finally {
    await scope.close();
  }
}

/** Throws BenchArgumentError for a model that is not there. */
function benchSetup({ model, contextTokens, peersFolder }: BenchArguments): BenchSetup {
  try {
    return {
      chatModel: model === undefined ? starterChatModel : readersModel(model),
      contextTokens,
      peersFolder: path.resolve(peersFolder ?? path.join(projectRoot, '../shared/peers')),
    };
  } catch (cause) {
    throw new BenchArgumentError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** 0 if Corral was measured in every chosen scenario, else 1. */
async function bench(
  options: BenchArguments,
  setup: BenchSetup,
  { scope, signal }: { readonly scope: Scope; readonly signal: AbortSignal },
): Promise<number> {
  const startedAt = new Date();
  progress('preparing the contestants');
  const contestants = await findContestants(setup, scope, signal);
  for (const { name, reason } of contestants.skipped) console.log(`${name} is skipped: ${reason}`);

  const { versions, skipped } = contestants;
  const { runs, jsonFile, resultsFolder: folder = path.join(projectRoot, 'docs/benchmarks') } = options;
  const facts = { startedAt, model: options.model ?? setup.chatModel.name, runs, versions, skipped };
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios.filter(({ name }) => options.scenarioNames.includes(name))) {
    const result = await runScenario(scenario, contestants, options, { scope, signal });
    printScenario(result, runs);
    await writeScenario(folder, result, facts);
    results.push(result);
  }
  if (jsonFile !== undefined) await writeJson(jsonFile, { ...facts, scenarios: results });
  console.log(`\nwritten to ${path.relative(process.cwd(), folder) || '.'}`);
  return results.every(corralWasMeasured) ? 0 : 1;
}

async function runScenario(
  scenario: Scenario,
  contestants: Contestants,
  { runs, mostSchemas }: BenchArguments,
  { scope: parent, signal }: { readonly scope: Scope; readonly signal: AbortSignal },
): Promise<ScenarioResult> {
  const scope = parent.child();
  const measures: MeasureResult[] = [];
  try {
    progress(`${scenario.name}: starting`);
    const { trials, notes } = await scenario.open({ contestants, scope, signal, mostSchemas });
    for (const trial of trials) {
      const onRound = (measured: readonly { name: string }[], round: number) =>
        progress(`${scenario.name}: ${measured.map(({ name }) => name).join(', ')}: run ${round + 1} of ${runs}`);
      measures.push(...(await runTrial(trial, { runs, signal, onRound })).map(judge));
    }
    const remarks = trials.flatMap((trial) => trial.remarks?.() ?? []);
    return { name: scenario.name, notes: [...notes, ...remarks], measures, failure: undefined };
  } catch (thrown) {
    signal.throwIfAborted();
    const failure = thrown instanceof Error ? thrown.message : String(thrown);
    return { name: scenario.name, notes: [], measures, failure };
  } finally {
    await scope.close();
  }
}

function printScenario({ name, notes, measures, failure }: ScenarioResult, runs: number): void {
  console.log(`\n${name} (${runs} ${runs === 1 ? 'run' : 'runs'} each; x above 1: Corral is better)\n`);
  if (measures.length > 0) console.log(scenarioTable(measures));
  for (const line of failureLines(measures)) console.log(`! ${line}`);
  if (failure !== undefined) console.log(`! the scenario could not run: ${failure}`);
  for (const note of notes) console.log(`- ${note}`);
}

function corralWasMeasured({ measures, failure }: ScenarioResult): boolean {
  const measured = measures.flatMap(({ entries }) => entries).filter(({ role }) => role === 'corral');
  return failure === undefined && measured.length > 0 && measured.every((entry) => entry.failure === undefined);
}

/** For a person who waits; kept out of the results on standard output. */
function progress(text: string): void {
  console.error(`... ${text}`);
}
