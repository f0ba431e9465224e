import { expect, it } from 'vitest';
import { allocatedBytes } from './heap-profile.ts';
import { profileSummary } from './profile-summary.ts';

it('tells the busy share, the time of a token, the share of the engine and what takes longest', () => {
  const times = [
    { label: '(idle)', kind: 'node', selfMs: 100 },
    { label: 'engine, called by decode model.js:1', kind: 'engine', selfMs: 270 },
    { label: 'step loop.js:10', kind: 'script', selfMs: 30 },
  ] as const;
  const text = profileSummary({
    streams: 1,
    tokens: 100,
    tokensPerSecond: 250,
    processes: [{ role: 'runner', times, bytesPerToken: 1234.5 }],
  });
  expect(text.split('\n')).toEqual([
    '1 stream: 100 tokens, 250.0 tok/s (with the profiler on)',
    '',
    "runner: busy 75.0 % of the time, 3.00 ms per token; the engine's decoding is 90.0 % of that; 1235 bytes of objects allocated per token",
    'self time                              ms   of busy',
    'engine, called by decode model.js:1   270    90.0 %',
    'step loop.js:10                        30    10.0 %',
  ]);
});

it('adds up what was allocated in all functions', () => {
  const leaf = (selfSize: number) => ({ selfSize, children: [] });
  expect(
    allocatedBytes({ head: { selfSize: 1, children: [{ selfSize: 10, children: [leaf(100)] }, leaf(1000)] } }),
  ).toBe(1111);
});
