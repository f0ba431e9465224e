import { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { keepAliveField, recordField, textField } from './wire-fields.ts';

const modelFields = { model: textField, keep_alive: keepAliveField, options: recordField.default({}) };

export const embedRequestSchema = goObject({
  ...modelFields,
  /** A string or a list of strings; what it is otherwise is told by the use case. */
  input: z.unknown().optional(),
  truncate: z.boolean().default(true),
  dimensions: z.int().default(0),
});

export const legacyEmbeddingsRequestSchema = goObject({ ...modelFields, prompt: textField });

export type EmbedRequest = z.output<typeof embedRequestSchema>;
export type LegacyEmbeddingsRequest = z.output<typeof legacyEmbeddingsRequestSchema>;
