/** POST /api/create. Which fields belong together, and what names and digests may be, is checked where they are used. */
import { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { message } from './chat-request.ts';
import { recordField, textField } from './wire-fields.ts';

/** File name to digest. */
const filesField = z.record(z.string(), z.string()).optional();

/** What overrides the config that is derived from the weights; Modelfiles have no word for it. */
const infoField = goObject({
  capabilities: z.array(z.string()).default([]),
  model_family: textField,
  base_name: textField,
  quantization_level: textField,
  parameter_size: textField,
  context_length: z.int().nonnegative().default(0),
  embedding_length: z.int().nonnegative().default(0),
});

export const createRequestSchema = goObject({
  model: textField,
  /** Deprecated alias of `model`. */
  name: textField,
  stream: z.boolean().default(true),
  from: textField,
  files: filesField,
  adapters: filesField,
  draft_files: filesField,
  /** Corral's own: an installed model whose weights are the draft. */
  draft_from: textField,
  template: textField,
  system: textField,
  license: z
    .union([z.string().transform((text) => (text === '' ? [] : [text])), z.array(z.string())], {
      error: 'expected a string or an array of strings',
    })
    .default([]),
  parameters: recordField.default({}),
  messages: z.array(message).default([]),
  renderer: textField,
  parser: textField,
  requires: textField,
  quantize: textField,
  /** Deprecated alias of `quantize`. */
  quantization: textField,
  /** Corral's own: quantised weights may be quantised once more. */
  requantize: z.boolean().default(false),
  draft_quantize: textField,
  remote_host: textField,
  info: infoField.prefault({}),
});

export type CreateRequest = z.output<typeof createRequestSchema>;
