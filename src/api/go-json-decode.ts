/**
 * Reads a request body as Go's decoder does: the first JSON value counts and what follows it is ignored. Content types play no part.
 */
import { CorralError } from '../core/corral-error.ts';
import { endOfFirstJsonValue, maxJsonDepth, tooDeep } from './go-json-scan.ts';

/** The first JSON value of a body. Throws `bad_request` with Go's text; `missing request body` when there is none. */
export function decodeGoJson(body: Uint8Array): unknown {
  // Bytes that are no UTF-8 become U+FFFD, as in Go.
  const text = new TextDecoder().decode(body);
  if (!/[^ \t\r\n]/.test(text)) {
    throw new CorralError('bad_request', 'missing request body', { hint: 'Send a JSON object as the request body.' });
  }
  const value = parseFirstValue(text);
  // A shorter text can't nest too deep.
  if (text.length > maxJsonDepth) checkDepth(value);
  return value;
}

function parseFirstValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Either something follows the value or the text is no JSON: the scanner tells which, in Go's words.
    return JSON.parse(text.slice(0, endOfFirstJsonValue(text))) as unknown;
  }
}

/** Everything behind this walks values by recursion, so a value that is too deep must not get in. */
function checkDepth(value: unknown): void {
  let level: readonly unknown[] = [value];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > maxJsonDepth) throw tooDeep();
    const below: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const child of Array.isArray(item) ? (item as readonly unknown[]) : Object.values(item)) {
        if (typeof child === 'object' && child !== null) below.push(child);
      }
    }
    level = below;
  }
}
