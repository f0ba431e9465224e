/** V8's CPU profile (the inspector's Profiler.Profile) as shares of time: which functions ran themselves, and how long nothing did. */

export interface CpuProfile {
  readonly nodes: readonly CpuProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds between a sample and the one before; the first from the start. */
  readonly timeDeltas: readonly number[];
}

interface CpuProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

export interface FunctionTime {
  /** `name file:line`, or what V8 calls a state: `(idle)`, `(program)`, `(garbage collector)`. */
  readonly label: string;
  /** No file: a native function or a state of V8. */
  readonly isNative: boolean;
  readonly selfMs: number;
}

/** Longest first; the times of equal labels are added. `shorten` makes a file's address readable. */
export function selfTimes(profile: CpuProfile, shorten: (url: string) => string): readonly FunctionTime[] {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, FunctionTime>();
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    // A sample stands for the time until the next one; behind the last nothing is known.
    const spentUs = profile.timeDeltas[index + 1];
    if (frame === undefined || spentUs === undefined) continue;
    const { functionName, url, lineNumber } = frame;
    const name = functionName === '' ? '(anonymous)' : functionName;
    const label = url === '' ? name : `${name} ${shorten(url)}:${lineNumber + 1}`;
    const selfMs = (times.get(label)?.selfMs ?? 0) + Math.max(0, spentUs) / 1000;
    times.set(label, { label, isNative: url === '', selfMs });
  }
  return [...times.values()].sort((a, b) => b.selfMs - a.selfMs);
}
