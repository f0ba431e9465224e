/**
 * Field schemas that OpenAI's requests share. A documented field is honoured, or it is known to change nothing here, or it is refused by
 * name: none is dropped in silence.
 */
import { z } from 'zod';
import { goObject } from '../wire-schema.ts';

/** More choices than this of one request would keep a model from everybody else for minutes; OpenAI's bound is the same. */
export const mostChoices = 128;

/** A field of which only some values mean what happens anyway. */
export function onlyValues(values: readonly (string | boolean)[], reason: string) {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (!values.some((known) => known === value)) context.addIssue({ code: 'custom', message: reason });
    })
    .meta({ enum: [...values], description: reason })
    .optional();
}

const stopText = z.string();

const biasesField = z.record(z.string(), z.number().min(-100).max(100)).transform((biases, context) =>
  Object.entries(biases).map(([key, bias]): [token: number, bias: number] => {
    const token = /^\d{1,9}$/.test(key) ? Number(key) : -1;
    if (token < 0) {
      const message = `${JSON.stringify(key.slice(0, 40))} is no token: the keys are token numbers of the model`;
      context.addIssue({ code: 'custom', message });
    }
    return [token, bias];
  }),
);

/** What decides how tokens are drawn. */
export const samplingFields = {
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  frequency_penalty: z.number().optional(),
  presence_penalty: z.number().optional(),
  seed: z.int().optional(),
  stop: z
    .union([stopText, z.array(stopText)], { error: 'expected a string or an array of strings' })
    .transform((stop) => (typeof stop === 'string' ? [stop] : stop))
    .optional(),
  logit_bias: biasesField.default([]),
};

/** Negative = no bound, as other local servers have it. */
export const tokenLimitField = z
  .int()
  .refine((limit) => limit !== 0, { error: 'an answer has at least one token' })
  .optional();

export const choicesField = z.int().min(1).max(mostChoices).default(1);

export const streamFields = {
  stream: z.boolean().default(false),
  stream_options: goObject({
    include_usage: z.boolean().default(false),
    // Padding hides the lengths of tokens from whoever watches an encrypted line; this server's lines are not.
    include_obfuscation: onlyValues([false], 'padding of streamed pieces is not supported'),
  }).prefault({}),
};

/** Who asks, and how answers are cached and billed elsewhere: nothing of it changes an answer here. */
export const harmlessFields = {
  user: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  safety_identifier: z.string().optional(),
  prompt_cache_key: z.string().optional(),
  prompt_cache_retention: z.unknown().optional(),
  prompt_cache_options: z.unknown().optional(),
};

interface Sampling {
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
  readonly frequency_penalty?: number | undefined;
  readonly presence_penalty?: number | undefined;
  readonly seed?: number | undefined;
  readonly stop?: readonly string[] | undefined;
}

/**
 * The same as options of a model. Temperature and top_p are 1 where the request says nothing, whatever the model's own parameters are: so
 * has Ollama it, and so is it documented. `choice` is the number of the answer among those to one prompt: each has a seed of its own.
 */
export function samplingOptions(request: Sampling, limit: number | undefined, choice: number): Record<string, unknown> {
  const { temperature = 1, top_p = 1, frequency_penalty, presence_penalty, seed, stop } = request;
  return {
    temperature,
    top_p,
    ...(frequency_penalty !== undefined && { frequency_penalty }),
    ...(presence_penalty !== undefined && { presence_penalty }),
    ...(seed !== undefined && { seed: seed + choice }),
    ...(stop !== undefined && { stop }),
    ...(limit !== undefined && { num_predict: limit }),
  };
}
