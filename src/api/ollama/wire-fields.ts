/** Field schemas that several requests share. */
import { z } from 'zod';
import { checkBase64 } from './check-base64.ts';
import { parseKeepAlive } from './keep-alive.ts';

export const textField = z.string().default('');
export const flagField = z.boolean().default(false);

/** A free-form object; the order of its keys is kept. */
export const recordField = z.record(z.string(), z.unknown());

/** Milliseconds; see `parseKeepAlive`, whose error passes through zod as it is. */
export const keepAliveField = z.unknown().transform(parseKeepAlive).optional();

/** Base64 texts. */
export const imagesField = z
  .array(
    z.string().superRefine((image, context) => {
      const message = checkBase64(image);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
  )
  .default([]);

/** What generate and chat have in common. `think` and `format` are checked where their meaning is known. */
export const answerFields = {
  model: textField,
  stream: z.boolean().default(true),
  format: z.unknown().optional(),
  keep_alive: keepAliveField,
  options: recordField.default({}),
  think: z.unknown().optional(),
  truncate: z.boolean().default(true),
  /** undefined = what the model's architecture can do. */
  shift: z.boolean().optional(),
  logprobs: flagField,
  top_logprobs: z.int().default(0),
  _debug_render_only: flagField,
};
