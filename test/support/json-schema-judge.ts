/** An independent judge of documents: ajv. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const validator = new Ajv2020({ strict: false, validateFormats: true, ownProperties: true, logger: false });
addFormats.default(validator);

/** Whether documents satisfy `schema` (JSON Schema 2020-12, with OpenAPI's nullable). Throws for a schema ajv does not accept. */
export function judgeOf(schema: unknown): (document: unknown) => boolean {
  return validator.compile(schema as object | boolean) as (document: unknown) => boolean;
}
