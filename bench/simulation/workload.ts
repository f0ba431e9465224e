/** Who asks for what, and when: many clients, each a Poisson process, with short chats and now and then a long document. */
import type { Random } from './random.ts';
import { newRequest, type SimulatedRequest } from './simulated-request.ts';

export const shareOfLong = 0.1;

export interface CrowdOptions {
  readonly clients: number;
  /** All clients together. */
  readonly requestsPerSecond: number;
  readonly requests: number;
}

/** In order of arrival. The sum of the clients' Poisson processes is one, whose every event falls to a client at random. */
export function crowd(random: Random, { clients, requestsPerSecond, requests }: CrowdOptions): SimulatedRequest[] {
  let arrivalMs = 0;
  return Array.from({ length: requests }, () => {
    arrivalMs += random.exponential(1000 / requestsPerSecond);
    const client = `client ${Math.floor(random.next() * clients)}`;
    return randomRequest(random, client, arrivalMs);
  });
}

function randomRequest(random: Random, client: string, arrivalMs: number): SimulatedRequest {
  const isLong = random.next() < shareOfLong;
  return newRequest({
    client,
    kind: isLong ? 'long' : 'short',
    arrivalMs,
    promptTokens: isLong ? random.logUniform(800, 3500) : random.logUniform(15, 200),
    answerTokens: isLong ? random.logUniform(40, 160) : random.logUniform(10, 80),
  });
}

/** A client that sends everything it has at once, as a script does. */
export function burst(random: Random, client: string, requests: number): SimulatedRequest[] {
  return Array.from({ length: requests }, () => randomRequest(random, client, 0));
}
