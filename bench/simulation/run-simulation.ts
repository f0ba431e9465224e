/** `npm run bench -- simulate`: the experiments as a table, figures (JSON) and two plots. The same on every machine. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../contestants/project-root.ts';
import { barPlot, linePlot } from '../report/svg-plot.ts';
import { formatTable } from '../report/text-table.ts';
import { capacity, simulateCrowds, simulateGreedy, type CrowdResult, type GreedyResult } from './experiments.ts';
import type { Waiting } from './summarize-waiting.ts';

const engines = [1, 2, 4, 8, 16, 32, 64];
const loads = [0.5, 0.8, 0.95];
/** What the line plot shows. */
const plottedLoad = 0.8;
const people = 10_000;

/** 1 if a request was never answered, else 0. */
export async function runSimulation(jsonFile: string | undefined): Promise<number> {
  const perEngine = capacity(400);
  console.log(
    `One engine answers ${perEngine.toFixed(2)} requests per second. ${people} clients; seconds to the first token.\n`,
  );
  const crowds = simulateCrowds({ clients: people, requests: people, engines, loads }, perEngine);
  console.log(crowdTable(crowds));
  const greedy = [simulateGreedy('by client', perEngine), simulateGreedy('by arrival', perEngine)];
  console.log(
    `\nOne client sends 300 requests at once, 20 others ask now and then (1 engine); seconds to the first token.\n`,
  );
  console.log(greedyTable(greedy));
  await Promise.all([
    write(
      jsonFile ?? 'bench-results/simulation.json',
      `${JSON.stringify({ format: 1, perEngine, crowds, greedy }, null, 2)}\n`,
    ),
    write('docs/simulation.svg', crowdPlot(crowds)),
    write('docs/simulation-fairness.svg', greedyPlot(greedy)),
  ]);
  return crowds.every(({ unanswered }) => unanswered === 0) ? 0 : 1;
}

async function write(file: string, content: string): Promise<void> {
  const target = path.resolve(projectRoot, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, content);
  console.log(`written to ${path.relative(process.cwd(), target)}`);
}

const waitingHeader = ['p50', 'p90', 'p99', 'max'];

function waitingCells({ p50Ms, p90Ms, p99Ms, maxMs }: Waiting): readonly string[] {
  return [p50Ms, p90Ms, p99Ms, maxMs].map((ms) => (ms / 1000).toFixed(1));
}

function crowdTable(results: readonly CrowdResult[]): string {
  const header = [
    'engines',
    'load',
    ...waitingHeader.map((name) => `short ${name}`),
    ...waitingHeader.map((name) => `long ${name}`),
  ];
  const rows = results.map(({ engines: count, load, short, long }) => [
    String(count),
    load.toFixed(2),
    ...waitingCells(short),
    ...waitingCells(long),
  ]);
  return formatTable([header, ...rows]);
}

function greedyTable(results: readonly GreedyResult[]): string {
  const header = [
    'turns',
    ...waitingHeader.map((name) => `modest ${name}`),
    ...waitingHeader.map((name) => `greedy ${name}`),
    'Jain',
  ];
  const rows = results.map(({ order, modest, greedy, jain }) => [
    order,
    ...waitingCells(modest),
    ...waitingCells(greedy),
    jain.toFixed(2),
  ]);
  return formatTable([header, ...rows]);
}

function crowdPlot(results: readonly CrowdResult[]): string {
  const shown = results.filter(({ load }) => load === plottedLoad);
  const line = (name: string, value: (result: CrowdResult) => number) => ({
    name,
    points: shown.map((result): readonly [number, number] => [result.engines, value(result) / 1000]),
  });
  return linePlot({
    title: `Time to the first token, ${people.toLocaleString('en-US')} clients, engines at ${plottedLoad * 100} % of their capacity`,
    xLabel: 'engines',
    yLabel: 'seconds',
    xLog: true,
    yLog: true,
    series: [
      line('short, median', ({ short }) => short.p50Ms),
      line('short, 99 %', ({ short }) => short.p99Ms),
      line('long, median', ({ long }) => long.p50Ms),
      line('long, 99 %', ({ long }) => long.p99Ms),
    ],
  });
}

function greedyPlot(results: readonly GreedyResult[]): string {
  const bar = (order: string, { p50Ms, p99Ms }: Waiting) => ({
    name: order,
    value: p50Ms / 1000,
    low: p50Ms / 1000,
    high: p99Ms / 1000,
  });
  return barPlot({
    title: 'One client sends 300 requests at once; twenty others ask now and then',
    unit: 'seconds to the first token: median, and 99 %',
    groups: [
      { name: 'the twenty', bars: results.map(({ order, modest }) => bar(order, modest)) },
      { name: 'the one', bars: results.map(({ order, greedy }) => bar(order, greedy)) },
    ],
  });
}
