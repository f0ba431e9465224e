/** One request's life in virtual time. */
export interface SimulatedRequest {
  readonly client: string;
  readonly kind: 'short' | 'long';
  readonly arrivalMs: number;
  readonly promptTokens: number;
  /** At least 1. */
  readonly answerTokens: number;
  /** Held by it, and computed so far. */
  cells: number;
  generated: number;
  setBacks: number;
  firstTokenMs: number | undefined;
  endMs: number | undefined;
}

export function newRequest(
  given: Pick<SimulatedRequest, 'client' | 'kind' | 'arrivalMs' | 'promptTokens' | 'answerTokens'>,
): SimulatedRequest {
  return { ...given, cells: 0, generated: 0, setBacks: 0, firstTokenMs: undefined, endMs: undefined };
}

/** Tokens not yet in the KV cache. */
export function pendingTokens({ promptTokens, generated, cells }: SimulatedRequest): number {
  return promptTokens + generated - cells;
}
