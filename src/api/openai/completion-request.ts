/** POST /v1/completions on the wire. What it means is in to-continuation.ts. */
import { z } from 'zod';
import { textField } from '../ollama/wire-fields.ts';
import { goObject } from '../wire-schema.ts';
import {
  choicesField,
  harmlessFields,
  mostChoices,
  samplingFields,
  streamFields,
  tokenLimitField,
} from './openai-fields.ts';

const tokens = z.array(z.int().min(0));

export const completionRequestSchema = goObject({
  model: textField,
  prompt: z
    .union([z.string(), z.array(z.string()), tokens, z.array(tokens)], {
      error: 'expected a string, an array of strings, tokens or an array of arrays of tokens',
    })
    .optional(),
  suffix: textField,
  ...samplingFields,
  ...streamFields,
  ...harmlessFields,
  n: choicesField,
  best_of: z.int().min(1).max(mostChoices).optional(),
  echo: z.boolean().default(false),
  max_tokens: tokenLimitField,
  /** That many of the likeliest tokens beside each one that was drawn. */
  logprobs: z.int().min(0).max(20).optional(),
});

export type CompletionRequest = z.output<typeof completionRequestSchema>;
