import { z } from 'zod';
import { goObject } from '../wire-schema.ts';
import { answerFields, imagesField, recordField, textField } from './wire-fields.ts';

const toolCall = goObject({
  id: textField,
  function: goObject({ index: z.int().default(0), name: textField, arguments: recordField.default({}) }).prefault({}),
}).transform(({ id, function: { index, name, arguments: values } }) => ({
  id,
  name,
  arguments: values,
  ...(index === 0 ? {} : { index }),
}));

export const message = goObject({
  role: z
    .string()
    .default('')
    .transform((role) => role.toLowerCase()),
  content: textField,
  thinking: z.string().optional(),
  images: imagesField,
  tool_calls: z.array(toolCall).default([]),
  tool_name: z.string().optional(),
  tool_call_id: z.string().optional(),
}).transform((fields) => ({
  role: fields.role,
  content: fields.content,
  ...(fields.thinking ? { thinking: fields.thinking } : {}),
  ...(fields.images.length > 0 ? { images: fields.images } : {}),
  ...(fields.tool_calls.length > 0 ? { toolCalls: fields.tool_calls } : {}),
  ...(fields.tool_name ? { toolName: fields.tool_name } : {}),
  ...(fields.tool_call_id ? { toolCallId: fields.tool_call_id } : {}),
}));

// Parameters are a JSON Schema, passed on to templates as the client wrote it.
const tool = goObject({
  type: textField,
  function: goObject({
    name: textField,
    description: z.string().optional(),
    parameters: recordField.optional(),
  }).prefault({}),
}).transform(({ type, function: { name, description, parameters } }) => ({
  type,
  function: {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
  },
}));

/** Not in Ollama's API; as in OpenAI's, where it comes from. */
const toolChoice = z.union(
  [
    z.enum(['auto', 'none', 'required']),
    goObject({ type: textField, function: goObject({ name: textField }).prefault({}) }).transform(
      ({ function: { name } }) => ({ name }),
    ),
  ],
  { error: 'expected "auto", "none", "required" or {"type": "function", "function": {"name": …}}' },
);

export const chatRequestSchema = goObject({
  ...answerFields,
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  messages: z.array(message).default([]),
  tools: z.array(tool).default([]),
});
