/**
 * What a request cost, in tokens, as a header: for proxies and meters that don't read the many bodies there are. A dictionary of integers
 * (RFC 8941, section 3.2): `prompt=12, cached=4, completion=24`. A stream has its headers sent before this is known; its last object tells.
 */
import type { ServerResponse } from 'node:http';

export interface Usage {
  /** Cached ones included. */
  readonly prompt: number;
  /** The part of the prompt that was not computed again. */
  readonly cached?: number;
  readonly completion?: number;
}

export const usageHeader = 'Corral-Usage';

/** Call it before the reply is written. */
export function tellUsage(response: ServerResponse, { prompt, cached = 0, completion = 0 }: Usage): void {
  response.setHeader(usageHeader, `prompt=${prompt}, cached=${cached}, completion=${completion}`);
}
