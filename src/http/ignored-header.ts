/**
 * What of a request had no effect, in a header. Only wishes that clients send on the off chance are passed over: fields of betas, thinking
 * with a model that can't, a tool's schema that no grammar can hold. Refusing them would turn away clients that Ollama serves.
 */
import type { ServerResponse } from 'node:http';

export const ignoredHeader = 'Corral-Ignored';

// A header's value; and a client could send thousands of names. A tool's name has 64 characters at most, its place stands around it.
const tellable = /^[\w.-]{1,96}$/;
const mostTold = 16;

/** Adds to what was told already. */
export function tellIgnored(response: ServerResponse, fields: readonly string[]): void {
  if (response.headersSent) return;
  const before = response.getHeader(ignoredHeader);
  const known = typeof before === 'string' ? before.split(', ') : [];
  const told = [...new Set([...known, ...fields.filter((field) => tellable.test(field))])].slice(0, mostTold);
  if (told.length > 0) response.setHeader(ignoredHeader, told.join(', '));
}
