/** POST /v1/embeddings on the wire. */
import { z } from 'zod';
import { textField } from '../ollama/wire-fields.ts';
import { goObject } from '../wire-schema.ts';
import { inputField } from './input-list.ts';
import { harmlessFields } from './openai-fields.ts';

export const embeddingsRequestSchema = goObject({
  model: textField,
  input: inputField,
  /** 0 = all. */
  dimensions: z.int().min(0).default(0),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  user: harmlessFields.user,
}).meta({ required: ['model', 'input'] });
