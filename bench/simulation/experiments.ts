/** What is simulated: waiting times by load and number of engines, and one greedy client among modest ones. All seeded. */
import { createRandom } from './random.ts';
import { simulate, type SimulationOptions } from './simulate.ts';
import type { SimulatedRequest } from './simulated-request.ts';
import { jainIndex, serviceByClient, waiting, type Waiting } from './summarize-waiting.ts';
import { burst, crowd } from './workload.ts';

/** As a model of 4096 tokens of context is loaded by default, with room for four whole contexts. */
const sizes = { sequences: 16, kvCells: 4 * 4096, batchTokens: 512 };
const seed = 20261124;

export interface CrowdResult {
  readonly engines: number;
  /** Of what the engines can do. */
  readonly load: number;
  readonly requestsPerSecond: number;
  readonly short: Waiting;
  readonly long: Waiting;
  readonly unanswered: number;
  readonly setBacks: number;
}

export interface CrowdPlan {
  readonly clients: number;
  readonly requests: number;
  readonly engines: readonly number[];
  readonly loads: readonly number[];
}

export interface GreedyResult {
  readonly order: SimulationOptions['order'];
  readonly modest: Waiting;
  readonly greedy: Waiting;
  /** Over the modest clients and the greedy one, of the tokens computed while all of them had something to ask. */
  readonly jain: number;
}

/** Requests per second of one engine that never idles. */
export function capacity(requests: number): number {
  const all = crowd(createRandom(seed), { clients: requests, requestsPerSecond: 1e6, requests });
  simulate(all, { engines: 1, sizes, order: 'by client' });
  return requests / (Math.max(...all.map(({ endMs = Infinity }) => endMs)) / 1000);
}

/** `perEngine`: see `capacity`. */
export function simulateCrowds({ clients, requests, engines, loads }: CrowdPlan, perEngine: number): CrowdResult[] {
  return engines.flatMap((count) =>
    loads.map((load) => {
      const requestsPerSecond = perEngine * count * load;
      const all = crowd(createRandom(seed + count), { clients, requestsPerSecond, requests });
      simulate(all, { engines: count, sizes, order: 'by client' });
      return { engines: count, load, requestsPerSecond, ...described(all) };
    }),
  );
}

/**
 * One client sends hundreds of requests at once; then modest ones come, each asking now and then. By client they hardly notice; by
 * arrival they stand behind all of it.
 */
export function simulateGreedy(order: SimulationOptions['order'], perEngine: number, requests = 300): GreedyResult {
  const random = createRandom(seed);
  const greedy = burst(random, 'greedy', requests);
  const modest = crowd(random, { clients: 20, requestsPerSecond: perEngine / 2, requests: Math.round(requests / 3) });
  simulate([...greedy, ...modest], { engines: 1, sizes, order });
  return { order, modest: waiting(modest), greedy: waiting(greedy), jain: saturatedJain(order, requests) };
}

/** Ten clients, one with nine times the requests of the others, until the engine has worked for a while: who got how much? */
function saturatedJain(order: SimulationOptions['order'], requests: number): number {
  const random = createRandom(seed);
  const all = [
    ...burst(random, 'greedy', requests),
    ...Array.from({ length: 9 }, (_, nth) => burst(random, `modest ${nth}`, Math.round(requests / 9))).flat(),
  ];
  // Far from all of it, so that nobody has run out of requests.
  const untilMs = all.reduce((sum, { promptTokens, answerTokens }) => sum + promptTokens + answerTokens, 0);
  simulate(all, { engines: 1, sizes, order, untilMs });
  return jainIndex([...serviceByClient(all).values()]);
}

function described(all: readonly SimulatedRequest[]) {
  return {
    short: waiting(all.filter(({ kind }) => kind === 'short')),
    long: waiting(all.filter(({ kind }) => kind === 'long')),
    unanswered: all.filter(({ endMs }) => endMs === undefined).length,
    setBacks: all.reduce((sum, { setBacks }) => sum + setBacks, 0),
  };
}
