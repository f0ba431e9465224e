/** Who decides whether an answer follows its schema: ajv, which none of the contestants uses for that. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const validator = new Ajv2020({ strict: false, ownProperties: true, logger: false });
addFormats.default(validator);

/** Why `text` is no document of `schema`; undefined if it is one. */
export function faultOf(schema: object, text: string): string | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return 'no JSON';
  }
  const isValid = validator.compile(schema);
  if (isValid(document)) return undefined;
  const [first] = isValid.errors ?? [];
  return `${first?.instancePath ?? ''} ${first?.message ?? 'invalid'}`.trim();
}
