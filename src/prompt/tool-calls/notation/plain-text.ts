import { isRecord } from '../call-from-json.ts';

/** Does the schema of an argument say in so many words that it is a string and nothing else? */
export function isPlainText(schema: unknown): boolean {
  return isRecord(schema) && schema['type'] === 'string' && schema['nullable'] !== true;
}
