/** An independent judge of documents: ajv, which comes with Fastify and is taken from where Fastify finds it. */
import { createRequire } from 'node:module';

type Judge = (document: unknown) => boolean;

interface Validator {
  compile(schema: unknown): Judge;
}

const ofFastify = createRequire(createRequire(import.meta.url).resolve('fastify'));
const ofCompiler = createRequire(ofFastify.resolve('@fastify/ajv-compiler'));
const { Ajv2020 } = ofCompiler('ajv/dist/2020.js') as { Ajv2020: new (options: object) => Validator };
const addFormats = ofCompiler('ajv-formats') as (validator: Validator) => void;

const validator = new Ajv2020({ strict: false, validateFormats: true, ownProperties: true, logger: false });
addFormats(validator);

/** Whether documents satisfy `schema` (JSON Schema 2020-12, with OpenAPI's nullable). Throws for a schema ajv does not accept. */
export function judgeOf(schema: unknown): Judge {
  return validator.compile(schema);
}
