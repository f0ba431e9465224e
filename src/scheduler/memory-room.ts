/** How much memory a further model may take, from the user's limit or from what the machine has. */

export interface MachineMemory {
  readonly totalBytes: number;
  /** What a new process could take now without swapping. */
  readonly freeBytes: number;
}

export interface MemoryRoom {
  /** The limit where there is one, otherwise the machine's memory. */
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Free once every model is unloaded. */
  readonly emptyBytes: number;
}

/**
 * A limit set by the user (bytes, 0 = none) is taken at its word. Without one, what loaded models hold is subtracted from the total as
 * well: pages of a mapped file, and caches not yet written to, look free to the system although a model is about to need them.
 */
export function memoryRoom(limitBytes: number, machine: MachineMemory, heldBytes: number): MemoryRoom {
  const totalBytes = limitBytes > 0 ? limitBytes : machine.totalBytes;
  const unreserved = totalBytes - heldBytes;
  const freeBytes = Math.max(0, limitBytes > 0 ? unreserved : Math.min(machine.freeBytes, unreserved));
  return { totalBytes, freeBytes, emptyBytes: Math.min(totalBytes, freeBytes + heldBytes) };
}
