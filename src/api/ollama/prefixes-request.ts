/** Corral's own: whose kept prefixes. */
import { goObject } from '../wire-schema.ts';
import { textField } from './wire-fields.ts';

export const prefixesRequestSchema = goObject({
  /** Empty = of all models. */
  model: textField,
});
