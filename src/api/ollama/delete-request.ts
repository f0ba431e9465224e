import type { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { textField } from './wire-fields.ts';

export const deleteRequestSchema = goObject({
  model: textField,
  /** Deprecated alias of `model`. */
  name: textField,
});

export type DeleteRequest = z.output<typeof deleteRequestSchema>;
