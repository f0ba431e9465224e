import { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { answerFields, flagField, imagesField, textField } from './wire-fields.ts';

export const generateRequestSchema = goObject({
  ...answerFields,
  prompt: textField,
  suffix: textField,
  system: textField,
  template: textField,
  context: z.array(z.int()).default([]),
  raw: flagField,
  images: imagesField,
});
