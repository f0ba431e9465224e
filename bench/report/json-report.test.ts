import { expect, it } from 'vitest';
import { jsonReport } from './json-report.ts';
import { judge } from './measure-result.ts';

it('writes the figures of every run beside what was made of them', () => {
  const measure = { name: 'start', unit: 'ms', better: 'lower' } as const;
  const entries = [
    { label: 'corral', role: 'corral', values: [10, 12], failure: undefined },
    { label: 'ollama', role: 'peer', values: [22], failure: undefined },
  ] as const;
  const report = jsonReport({
    startedAt: new Date(0),
    model: 'smollm2:135m',
    runs: 2,
    versions: { corral: '1.2.3' },
    skipped: [{ name: 'llama-server', reason: 'is not there' }],
    scenarios: [{ name: 'cold', notes: ['a note'], measures: [judge({ measure, entries })], failure: undefined }],
  });
  expect(JSON.parse(JSON.stringify(report))).toMatchObject({
    format: 2,
    model: 'smollm2:135m',
    startedAt: '1970-01-01T00:00:00.000Z',
    runs: 2,
    versions: { corral: '1.2.3' },
    skipped: [{ name: 'llama-server', reason: 'is not there' }],
    scenarios: [
      {
        name: 'cold',
        notes: ['a note'],
        measures: [
          {
            ...measure,
            bestPeer: { label: 'ollama', ratio: 2 },
            entries: [
              { label: 'corral', role: 'corral', values: [10, 12], median: 11, min: 10, max: 12 },
              { label: 'ollama', role: 'peer', values: [22], median: 22, ratio: 2 },
            ],
          },
        ],
      },
    ],
  });
});
