import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { decodeGoJson } from '../api/go-json-decode.ts';
import { parseWire } from '../api/wire-schema.ts';
import { readBody } from './read-body.ts';

/** The JSON body of a request as `schema` has it, whatever its content type. Throws `bad_request`. */
export async function readRequest<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
): Promise<z.output<Schema>> {
  return parseWire(schema, decodeGoJson(await readBody(request)));
}
