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
  readonly children?: readonly number[];
}

export interface FunctionTime {
  /** `name file:line`, or what V8 calls a state: `(idle)`, `(program)`, `(garbage collector)`. */
  readonly label: string;
  readonly kind: 'script' | 'engine' | 'node';
  readonly selfMs: number;
}

/**
 * All functions of libllama enter through one piece of koffi, so V8 gives their time to whichever of their names it met there. Only who
 * called is certain.
 */
const engineFunction = /^(llama|ggml)_/;

/** Longest first; the times of equal labels are added. `shorten` makes a file's address readable. */
export function selfTimes(profile: CpuProfile, shorten: (url: string) => string): readonly FunctionTime[] {
  const functions = new Map(profile.nodes.map((node) => [node.id, describe(node, shorten)]));
  for (const { id, children = [] } of profile.nodes)
    for (const child of children) {
      const called = functions.get(child);
      const caller = functions.get(id)?.label ?? '';
      if (called?.kind === 'engine') functions.set(child, { ...called, label: `engine, called by ${caller}` });
    }
  const times = new Map<string, FunctionTime>();
  for (const [index, id] of profile.samples.entries()) {
    const found = functions.get(id);
    // A sample stands for the time until the next one; behind the last nothing is known.
    const spentUs = profile.timeDeltas[index + 1];
    if (found === undefined || spentUs === undefined) continue;
    const selfMs = (times.get(found.label)?.selfMs ?? 0) + Math.max(0, spentUs) / 1000;
    times.set(found.label, { ...found, selfMs });
  }
  return [...times.values()].sort((a, b) => b.selfMs - a.selfMs);
}

function describe({ callFrame }: CpuProfileNode, shorten: (url: string) => string): Omit<FunctionTime, 'selfMs'> {
  const { functionName, url, lineNumber } = callFrame;
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url !== '') return { label: `${name} ${shorten(url)}:${lineNumber + 1}`, kind: 'script' };
  return { label: name, kind: engineFunction.test(name) ? 'engine' : 'node' };
}
