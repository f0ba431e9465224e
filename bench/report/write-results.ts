/** Where results go: for each scenario a page, a plot and the figures of every run, so that measuring one again changes only its files. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { jsonReport, type JsonReportParts, type ScenarioResult } from './json-report.ts';
import { machineFacts } from './machine-facts.ts';
import { relativePlot } from './relative-plot.ts';
import { scenarioPage } from './scenario-page.ts';

type RunFacts = Omit<JsonReportParts, 'scenarios'>;

/** Replaces `<scenario>.md`, `.json` and `.svg` of the folder. */
export async function writeScenario(folder: string, result: ScenarioResult, facts: RunFacts): Promise<void> {
  await mkdir(folder, { recursive: true });
  const place = (extension: string): string => path.join(folder, `${result.name}.${extension}`);
  const plot = relativePlot(result.name, result.measures);
  const plotFile = plot === undefined ? undefined : `${result.name}.svg`;
  // An older plot beside newer figures would lie.
  if (plot === undefined) await rm(place('svg'), { force: true });
  else await writeFile(place('svg'), `${plot.trimEnd()}\n`);
  await writeFile(place('md'), scenarioPage(result, { ...facts, machine: machineFacts(), plotFile }));
  await writeJson(place('json'), { ...facts, scenarios: [result] });
}

export async function writeJson(file: string, parts: JsonReportParts): Promise<void> {
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, `${JSON.stringify(jsonReport(parts), null, 2)}\n`);
}
