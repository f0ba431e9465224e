/** Corral's own: which models to look up at their registries. */
import { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { flagField } from './wire-fields.ts';

export const updateRequestSchema = goObject({
  /** None = all that are installed. */
  models: z.array(z.string()).default([]),
  /** Only tell what there is. */
  check: flagField,
  insecure: flagField,
  stream: z.boolean().default(true),
});
