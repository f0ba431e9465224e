import path from 'node:path';
import { expect, it } from 'vitest';
import { selfTimes } from './cpu-profile.ts';

const node = (id: number, functionName: string, children: number[] = [], url = '', lineNumber = -1) => ({
  id,
  callFrame: { functionName, url, lineNumber },
  children,
});

it('gives each sample the time until the next one, and adds what has the same place', () => {
  const profile = {
    nodes: [
      node(1, '(idle)'),
      node(2, 'step', [4], 'file:///app/loop.js', 9),
      node(3, 'step', [], 'file:///app/loop.js', 9), // called from elsewhere
      node(4, 'writev'),
      node(5, '', [], 'file:///app/loop.js', 19),
    ],
    samples: [1, 2, 4, 3, 5, 1],
    timeDeltas: [100, 1000, 2000, 4000, 500, 250],
  };
  expect(selfTimes(profile, (url) => url.replace('file:///app/', ''))).toEqual([
    { label: 'writev', kind: 'node', selfMs: 4 },
    { label: 'step loop.js:10', kind: 'script', selfMs: 2.5 },
    { label: '(idle)', kind: 'node', selfMs: 1 },
    { label: '(anonymous) loop.js:20', kind: 'script', selfMs: 0.25 },
  ]);
});

it('tells calls of the engine by who called them, whatever name they have', () => {
  const model = 'file:///app/dist/llama/model.js';
  const profile = {
    nodes: [
      node(1, '(root)', [2, 3, 6]),
      node(2, 'decode', [4, 7], model, 0),
      node(3, 'remove', [5], model, 4),
      node(4, 'ushort'),
      node(5, 'ushort'),
      node(6, 'ushort'), // another's
      node(7, '(garbage collector)'),
    ],
    samples: [4, 5, 6, 7, 1],
    timeDeltas: [0, 4000, 3000, 2000, 1000],
  };
  expect(selfTimes(profile, (url) => path.basename(url))).toEqual([
    { label: 'engine, called by decode model.js:1', kind: 'engine', selfMs: 4 },
    { label: 'engine, called by remove model.js:5', kind: 'engine', selfMs: 3 },
    { label: 'ushort', kind: 'node', selfMs: 2 },
    { label: '(garbage collector)', kind: 'node', selfMs: 1 },
  ]);
});

it('has no times of a profile without samples', () => {
  expect(selfTimes({ nodes: [node(1, '(root)')], samples: [], timeDeltas: [] }, String)).toEqual([]);
});
