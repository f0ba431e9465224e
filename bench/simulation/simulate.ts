/** Virtual time: requests arrive at engines, each engine makes one step after the other. Nothing here waits, so hours take seconds. */
import { SimulatedEngine, type EngineSizes } from './simulated-engine.ts';
import type { SimulatedRequest } from './simulated-request.ts';

export interface SimulationOptions {
  readonly engines: number;
  readonly sizes: EngineSizes;
  readonly order: 'by client' | 'by arrival';
  /** Nothing is computed any more after it; Infinity = until all is answered. */
  readonly untilMs?: number;
}

/** Fills in the requests' times. `requests` in order of arrival; each goes to the engine with the fewest in flight. */
export function simulate(requests: readonly SimulatedRequest[], options: SimulationOptions): void {
  const clientOf = options.order === 'by client' ? (request: SimulatedRequest) => request.client : () => '';
  const engines = Array.from({ length: options.engines }, () => new SimulatedEngine(options.sizes, clientOf));
  const endsMs = engines.map(() => Infinity);
  const begin = (at: number, nowMs: number) => {
    const ms = engines[at]?.begin() ?? 0;
    endsMs[at] = ms === 0 ? Infinity : nowMs + ms;
  };
  let arrived = 0;
  for (;;) {
    const next = requests[arrived];
    const at = indexOfLeast(endsMs);
    const endMs = endsMs[at] ?? Infinity;
    const nowMs = Math.min(endMs, next?.arrivalMs ?? Infinity);
    if (nowMs > (options.untilMs ?? Number.MAX_VALUE)) return;
    if (next !== undefined && next.arrivalMs <= endMs) {
      arrived++;
      const chosen = indexOfLeast(engines.map(({ inFlight }) => inFlight));
      engines[chosen]?.add(next);
      if (endsMs[chosen] === Infinity) begin(chosen, nowMs);
    } else {
      engines[at]?.end(nowMs);
      begin(at, nowMs);
    }
  }
}

function indexOfLeast(values: readonly number[]): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if ((values[at] ?? 0) < (values[best] ?? 0)) best = at;
  return best;
}
