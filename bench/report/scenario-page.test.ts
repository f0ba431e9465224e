import { expect, it } from 'vitest';
import { judge } from './measure-result.ts';
import { scenarioPage } from './scenario-page.ts';

const facts = {
  startedAt: new Date(0),
  runs: 1,
  model: 'smollm2:135m',
  versions: { corral: '1.2.3', ollama: '0.9' },
  machine: { cpu: 'Some CPU', logicalCores: 2, memoryBytes: 8 * 2 ** 30, platform: 'linux x64', node: 'v20' },
  plotFile: 'cold.svg',
};

it('says where, with what and how often it was measured, and shows plot, table and notes', () => {
  const measure = { name: 'start', unit: 'ms', better: 'lower' } as const;
  const entries = [
    { label: 'corral', role: 'corral', values: [10], failure: undefined },
    { label: 'ollama', role: 'peer', values: [20], failure: undefined },
  ] as const;
  const measures = [judge({ measure, entries })];
  const page = scenarioPage({ name: 'cold', notes: ['a note'], measures, failure: undefined }, facts);
  for (const text of [
    '# cold\n',
    '1970-01-01, 1 run each, model smollm2:135m',
    'Some CPU, 2 logical cores, 8 GiB, linux x64, Node v20',
    'corral 1.2.3; ollama 0.9',
    '![cold](cold.svg)',
    'x2.00 (ollama)',
    '- a note',
  ])
    expect(page).toContain(text);
});

it('says why there are no figures', () => {
  const page = scenarioPage(
    { name: 'cold', notes: [], measures: [], failure: 'no /proc' },
    { ...facts, plotFile: undefined },
  );
  expect(page).toContain('- **the scenario could not run: no /proc**');
  expect(page).not.toContain('![');
});
