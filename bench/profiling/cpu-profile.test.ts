import { expect, it } from 'vitest';
import { selfTimes } from './cpu-profile.ts';

const node = (id: number, functionName: string, url = '', lineNumber = -1) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

it('gives each sample the time until the next one, and adds what has the same place', () => {
  const profile = {
    nodes: [
      node(1, '(idle)'),
      node(2, 'step', 'file:///app/loop.js', 9),
      node(3, 'step', 'file:///app/loop.js', 9), // called from elsewhere
      node(4, 'llama_decode'),
      node(5, '', 'file:///app/loop.js', 19),
    ],
    samples: [1, 2, 4, 3, 5, 1],
    timeDeltas: [100, 1000, 2000, 4000, 500, 250],
  };
  expect(selfTimes(profile, (url) => url.replace('file:///app/', ''))).toEqual([
    { label: 'llama_decode', isNative: true, selfMs: 4 },
    { label: 'step loop.js:10', isNative: false, selfMs: 2.5 },
    { label: '(idle)', isNative: true, selfMs: 1 },
    { label: '(anonymous) loop.js:20', isNative: false, selfMs: 0.25 },
  ]);
});

it('has no times of a profile without samples', () => {
  expect(selfTimes({ nodes: [node(1, '(root)')], samples: [], timeDeltas: [] }, String)).toEqual([]);
});
