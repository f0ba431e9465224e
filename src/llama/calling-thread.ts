/** On which core the thread that calls runs, and how it gets away from there: Linux's own calls. */
import koffi from 'koffi';

export interface CallingThread {
  /** Its core at this moment. */
  readonly core: () => number;
  /** Moves it at once to one of its other cores, should it have one, and leaves the choice to the system again. */
  readonly leave: (cores: Iterable<number>) => void;
}

/** 0 where it succeeded. */
type MaskCall = (thread: number, bytes: number, mask: Buffer) => number;

/** 1024 cores, as many as the C library's own mask has. The system refuses masks that have fewer bits than the machine cores. */
const maskBytes = 128;
const ofCaller = 0;

/** Undefined where the system is another, or its C library lacks the calls. */
export function openCallingThread(): CallingThread | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const library = koffi.load(null);
    const core: () => number = library.func('int sched_getcpu()');
    const read: MaskCall = library.func('int sched_getaffinity(int pid, size_t size, _Out_ void *mask)');
    const write: MaskCall = library.func('int sched_setaffinity(int pid, size_t size, void *mask)');
    return {
      core,
      leave(cores) {
        const allowed = Buffer.alloc(maskBytes);
        if (read(ofCaller, maskBytes, allowed) !== 0) return;
        const others = without(allowed, cores);
        if (others.some((byte) => byte !== 0) && write(ofCaller, maskBytes, others) === 0) {
          write(ofCaller, maskBytes, allowed);
        }
      },
    };
  } catch {
    return undefined;
  }
}

/** `mask` has a bit for each core, the lowest of a byte first: so it lies in memory on little-endian machines, and there is no engine for others. */
function without(mask: Buffer, cores: Iterable<number>): Buffer {
  const rest = Buffer.from(mask);
  for (const core of cores) {
    const at = core >> 3;
    rest[at] = (rest[at] ?? 0) & ~(1 << (core & 7));
  }
  return rest;
}
