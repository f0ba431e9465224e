/** Corral's own: a model's tokens. Ollama has no such routes; the names are those its users proposed, and llama.cpp's and vLLM's. */
import { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { flagField, keepAliveField, recordField, textField } from './wire-fields.ts';

const textsField = z
  .union([z.string(), z.array(z.string())], { error: 'expected a string or a list of strings' })
  .optional();

const modelFields = { model: textField, keep_alive: keepAliveField, options: recordField.default({}) };

export const tokenizeRequestSchema = goObject({
  ...modelFields,
  /** One of these: the first that is there counts. */
  text: textsField,
  input: textsField,
  prompt: textsField,
  content: textsField,
  /** Put what the model wants around a prompt (begin, end) around each text too. */
  add_special: flagField,
  /** Read the spelling of a special token as that token. */
  parse_special: z.boolean().default(true),
  /** Tell each token's text beside its number. */
  with_pieces: flagField,
});

export const detokenizeRequestSchema = goObject({ ...modelFields, tokens: z.array(z.int()).default([]) });

export type TokenizeRequest = z.output<typeof tokenizeRequestSchema>;
export type DetokenizeRequest = z.output<typeof detokenizeRequestSchema>;
