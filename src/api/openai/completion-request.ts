/** POST /v1/completions on the wire. What it means is in to-continuation.ts. */
import { z } from 'zod';
import { textField } from '../ollama/wire-fields.ts';
import { goObject } from '../wire-schema.ts';
import { inputField } from './input-list.ts';
import {
  choicesField,
  harmlessFields,
  mostChoices,
  samplingFields,
  streamFields,
  tokenLimitField,
} from './openai-fields.ts';

export const completionRequestSchema = goObject({
  model: textField,
  prompt: inputField,
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
}).meta({ required: ['model', 'prompt'] });

export type CompletionRequest = z.output<typeof completionRequestSchema>;
