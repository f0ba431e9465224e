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
 * The files that call libllama. All its functions enter through one piece of koffi, and V8 gives their time to whichever name it met there
 * ("ushort", "llama_memory_seq_rm"): only who called is certain.
 */
const engineCaller = /\/dist\/llama\//;

/** `(garbage collector)` and the like: nobody called it. */
const stateOfV8 = /^\(/;

/** Longest first; the times of equal labels are added. `shorten` makes a file's address readable. */
export function selfTimes(profile: CpuProfile, shorten: (url: string) => string): readonly FunctionTime[] {
  const functions = new Map(profile.nodes.map((node) => [node.id, describe(node, shorten)]));
  for (const { id, callFrame, children = [] } of profile.nodes) {
    if (!engineCaller.test(callFrame.url)) continue;
    const label = `engine, called by ${functions.get(id)?.label ?? ''}`;
    for (const child of children) {
      const called = functions.get(child);
      if (called?.kind === 'node' && !stateOfV8.test(called.label)) functions.set(child, { label, kind: 'engine' });
    }
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
  return { label: name, kind: 'node' };
}
