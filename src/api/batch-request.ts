/** A batch of requests, as OpenAI has it. */
import { z } from 'zod';
import { textField } from './ollama/wire-fields.ts';
import { goObject } from './wire-schema.ts';

const mostPairs = 16;

export const batchRequestSchema = goObject({
  input_file_id: textField,
  endpoint: textField,
  completion_window: z.literal('24h', { error: 'expected "24h"' }).default('24h'),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((pairs) => Object.keys(pairs).length <= mostPairs, `expected at most ${mostPairs} pairs`)
    .optional(),
});
