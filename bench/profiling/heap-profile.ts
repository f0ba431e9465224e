/** V8's sampled allocations (the inspector's HeapProfiler.SamplingHeapProfile). */

export interface HeapProfileNode {
  readonly selfSize: number;
  readonly children: readonly HeapProfileNode[];
}

/** Estimated bytes of JavaScript objects that were allocated while it was recorded. */
export function allocatedBytes(profile: { readonly head: HeapProfileNode }): number {
  let bytes = 0;
  const left = [profile.head];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    bytes += node.selfSize;
    left.push(...node.children);
  }
  return bytes;
}
