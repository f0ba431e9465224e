/** POST /v1/embeddings on the wire. */
import { z } from 'zod';
import { textField } from '../ollama/wire-fields.ts';
import { goObject } from '../wire-schema.ts';
import { harmlessFields } from './openai-fields.ts';

const tokens = z.array(z.int().min(0));

export const embeddingsRequestSchema = goObject({
  model: textField,
  input: z
    .union([z.string(), z.array(z.string()), tokens, z.array(tokens)], {
      error: 'expected a string, an array of strings, tokens or an array of arrays of tokens',
    })
    .optional(),
  /** 0 = all. */
  dimensions: z.int().min(0).default(0),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  user: harmlessFields.user,
});
