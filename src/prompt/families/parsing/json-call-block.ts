/** A block between two tags that holds one call as JSON, `{"name": …, "arguments": {…}}`. */
import { callsFromJson } from '../../tool-calls/call-from-json.ts';
import type { BlockResult } from './staged-parser.ts';

export function readJsonCall(body: string): BlockResult<never> | undefined {
  const calls = callsFromJson(body);
  return calls && { calls };
}
