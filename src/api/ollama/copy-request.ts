import type { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { textField } from './wire-fields.ts';

export const copyRequestSchema = goObject({ source: textField, destination: textField });

export type CopyRequest = z.output<typeof copyRequestSchema>;
