/** What pull and push are asked for. */
import { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { flagField, textField } from './wire-fields.ts';

export const transferRequestSchema = goObject({
  model: textField,
  /** Deprecated alias of `model`. */
  name: textField,
  insecure: flagField,
  stream: z.boolean().default(true),
});
