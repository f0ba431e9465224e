/** One scenario's results as a page: where and with what it was measured, the plot, the table, the notes. */
import type { MachineFacts } from './machine-facts.ts';
import type { ScenarioResult } from './json-report.ts';
import { failureLines, scenarioTable } from './scenario-table.ts';

export interface PageFacts {
  readonly startedAt: Date;
  readonly runs: number;
  readonly model: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: MachineFacts;
  /** File name beside the page; undefined = there is no plot. */
  readonly plotFile: string | undefined;
}

export function scenarioPage({ name, measures, notes, failure }: ScenarioResult, facts: PageFacts): string {
  const { machine, versions } = facts;
  const failures = [
    ...(failure === undefined ? [] : [`the scenario could not run: ${failure}`]),
    ...failureLines(measures),
  ];
  const parts = [
    `# ${name}`,
    [
      `Measured on ${facts.startedAt.toISOString().slice(0, 10)}, ${facts.runs} ${facts.runs === 1 ? 'run' : 'runs'} each, model ${facts.model}.`,
      `Machine: ${machine.cpu}, ${machine.logicalCores} logical cores, ${Math.round(machine.memoryBytes / 2 ** 30)} GiB, ${machine.platform}, Node ${machine.node}.`,
      `Contestants: ${Object.entries(versions)
        .map(([program, version]) => `${program} ${version}`)
        .join('; ')}.`,
      'How to read this: [README.md](README.md).',
    ].join('\n'),
    ...(facts.plotFile === undefined ? [] : [`![${name}](${facts.plotFile})`]),
    ...(measures.length === 0 ? [] : [`\`\`\`text\n${scenarioTable(measures)}\n\`\`\``]),
    ...(failures.length === 0 ? [] : [failures.map((line) => `- **${line}**`).join('\n')]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}
