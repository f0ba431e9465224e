import type { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { flagField, recordField, textField } from './wire-fields.ts';

export const showRequestSchema = goObject({
  model: textField,
  /** Deprecated alias of `model`. */
  name: textField,
  system: textField,
  verbose: flagField,
  options: recordField.default({}),
});

export type ShowRequest = z.output<typeof showRequestSchema>;
