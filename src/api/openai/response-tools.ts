/** The tools of a response and what is said of their choice. Tools that OpenAI runs on its own machines are refused by name. */
import { z } from 'zod';
import { recordField } from '../ollama/wire-fields.ts';
import { goObject } from '../wire-schema.ts';
import { shaped } from '../wire-shapes.ts';
import { byType, stringOr } from './by-type.ts';

const functionFields = {
  name: z.string().min(1),
  description: z.string().optional(),
  parameters: recordField.optional(),
  strict: z.boolean().optional(),
};

const isHosted = { refusal: 'is not supported: only functions that the client runs itself' };

const functionTool = goObject(functionFields).transform(({ name, description, parameters, strict }) => ({
  type: 'function' as const,
  name,
  description: description ?? null,
  parameters: parameters ?? null,
  strict: strict ?? false,
}));

const namespaceTool = goObject({
  name: z.string().min(1),
  description: z.string().default(''),
  tools: z.array(byType({ function: functionTool }, isHosted)),
}).transform((tool) => ({ type: 'namespace' as const, ...tool }));

export const responseTool = byType({ function: functionTool, namespace: namespaceTool }, isHosted);

const namedTool = goObject({ name: z.string(), namespace: z.string().optional() }).transform(({ name, namespace }) => ({
  type: 'function' as const,
  name,
  ...(namespace !== undefined && { namespace }),
}));

const allowedTools = goObject({
  mode: z.enum(['auto', 'required']),
  tools: z.array(byType({ function: namedTool }, isHosted)),
}).transform((choice) => ({ type: 'allowed_tools' as const, ...choice }));

const choiceWord = z.enum(['auto', 'none', 'required']);

const choiceObject = byType(
  { function: namedTool, allowed_tools: allowedTools },
  { refusal: 'is not supported as tool_choice' },
);

const choiceOrWord = stringOr(choiceObject).transform((choice, context) => {
  if (typeof choice !== 'string') return choice;
  const word = choiceWord.safeParse(choice);
  if (word.success) return word.data;
  context.issues.push({
    code: 'custom',
    input: choice,
    message: 'it must be "auto", "none", "required" or name a function',
  });
  return z.NEVER;
});

export const responseToolChoice = shaped(choiceOrWord, { anyOf: [choiceWord, choiceObject] });

export type FunctionTool = z.output<typeof functionTool>;
export type ResponseToolChoice = z.output<typeof responseToolChoice>;
