/** Corral's own: which models to check. */
import { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { flagField, textField } from './wire-fields.ts';

export const verifyRequestSchema = goObject({
  /** Empty = all that are installed. */
  model: textField,
  /** Fetch what is damaged or missing again. */
  repair: flagField,
  insecure: flagField,
  stream: z.boolean().default(true),
});
