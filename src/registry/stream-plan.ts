/**
 * How many streams a download uses at once. More streams get more out of a line that is shared or far away and nothing out of one that is
 * full or near, where they only cost; a line that is cut does better with fewer. So the number follows what was measured: it doubles
 * while that pays, goes back when it doesn't, and looks again from time to time. Pure: throughput in, number out.
 */

export interface StreamPlan {
  readonly streams: number;
  /** What the number before gave, while its double is on trial. */
  readonly trialFrom: { readonly streams: number; readonly bytesPerSecond: number } | undefined;
  /** Windows until the next trial. */
  readonly restWindows: number;
}

export interface StreamWindow {
  readonly bytesPerSecond: number;
  /** Streams that broke or stalled in it. */
  readonly failures: number;
}

/** As many as Ollama uses. */
export const maxStreams = 16;

/** A doubling has to bring this much, or it stays off: less is the line's own ups and downs. */
const worthwhileGain = 1.15;
const restAfterTrial = 20;
const restAfterFailure = 10;

export const firstStreamPlan: StreamPlan = { streams: 1, trialFrom: undefined, restWindows: 0 };

/** The plan for the window that follows `window`. */
export function nextStreamPlan(plan: StreamPlan, { bytesPerSecond, failures }: StreamWindow): StreamPlan {
  const { streams, trialFrom, restWindows } = plan;
  if (failures > 0) {
    return { streams: Math.max(1, Math.floor(streams / 2)), trialFrom: undefined, restWindows: restAfterFailure };
  }
  if (trialFrom !== undefined && bytesPerSecond < trialFrom.bytesPerSecond * worthwhileGain) {
    return { streams: trialFrom.streams, trialFrom: undefined, restWindows: restAfterTrial };
  }
  if (restWindows > 0) return { ...plan, trialFrom: undefined, restWindows: restWindows - 1 };
  if (streams === maxStreams) return { ...plan, trialFrom: undefined, restWindows: 0 };
  return { streams: streams * 2, trialFrom: { streams, bytesPerSecond }, restWindows: 0 };
}
