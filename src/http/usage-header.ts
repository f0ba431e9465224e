/**
 * What a request cost, in tokens, as a header: for proxies and meters that don't read the many bodies there are. A dictionary of integers
 * (RFC 8941, section 3.2): `prompt=12, cached=4, completion=24`. A stream has its headers sent before this is known; its last object tells.
 */
import type { ServerResponse } from 'node:http';
import type { AnswerCounts } from '../usecases/answer-events.ts';

export interface Usage {
  /** Cached ones included. */
  readonly prompt: number;
  /** The part of the prompt that was not computed again. */
  readonly cached?: number;
  readonly completion?: number;
}

export const usageHeader = 'Corral-Usage';

/** Call it before the reply is written. undefined = nothing was computed. */
export function tellUsage(response: ServerResponse, usage: Usage | undefined): void {
  if (usage === undefined) return;
  const { prompt, cached = 0, completion = 0 } = usage;
  response.setHeader(usageHeader, `prompt=${prompt}, cached=${cached}, completion=${completion}`);
}

/** The same for one answer. */
export function tellAnswerUsage(response: ServerResponse, counts: AnswerCounts): void {
  const { promptTokens: prompt, cachedTokens: cached, generatedTokens: completion } = counts;
  tellUsage(response, { prompt, cached, completion });
}
