/** Documents by relevance to a query, as Jina and Cohere have it. */
import { z } from 'zod';
import { keepAliveField, recordField, textField } from './ollama/wire-fields.ts';
import { goObject } from './wire-schema.ts';

/**
 * Each document is computed on its own, a request with this many takes minutes on a plain CPU. Cohere advises a thousand at most, Jina
 * takes 2048.
 */
export const mostDocuments = 2048;

const document = z
  .union([z.string(), z.object({ text: z.string() })], { error: 'expected a string or an object with a text' })
  .transform((sent) => (typeof sent === 'string' ? sent : sent.text));

export const rerankRequestSchema = goObject({
  model: textField,
  query: z.string().min(1, 'expected a text').default(''),
  documents: z
    .array(document)
    .min(1, 'expected at least one document')
    .max(mostDocuments, `at most ${mostDocuments} documents are ranked at once`)
    .default([]),
  /** Undefined = all. */
  top_n: z.int().min(1, 'expected at least 1').optional(),
  return_documents: z.boolean().default(false),
  options: recordField.default({}),
  keep_alive: keepAliveField,
});

export type RerankRequest = z.output<typeof rerankRequestSchema>;
