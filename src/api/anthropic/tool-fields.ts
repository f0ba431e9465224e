/** The tools of a request and the choice between them. */
import { z } from 'zod';
import { flagField, recordField } from '../ollama/wire-fields.ts';
import { refusedField } from '../refused-field.ts';
import { goObject } from '../wire-schema.ts';
import { taggedObject } from './tagged-object.ts';

const directOnly = z.array(z.literal('direct', { error: 'tools are called by the model alone' })).optional();

const customTool = goObject({
  name: z.string().min(1),
  description: z.string().optional(),
  input_schema: recordField,
  strict: flagField,
  input_examples: z.array(recordField).default([]),
  allowed_callers: directOnly,
  defer_loading: z.literal(false, { error: 'there is no tool search; send the tools that are needed' }).optional(),
}).transform((fields) => ({
  isStrict: fields.strict,
  tool: {
    type: 'function',
    function: {
      name: fields.name,
      ...describe(fields.description, fields.input_examples),
      parameters: fields.input_schema,
    },
  },
}));

/** Examples have no place of their own in any template. */
function describe(text: string | undefined, examples: readonly object[]): { readonly description?: string } {
  const lines = examples.map((example) => `Example input: ${JSON.stringify(example)}`);
  const description = [...(text === undefined ? [] : [text]), ...lines].join('\n');
  return description === '' ? {} : { description };
}

const runsAtAnthropic = /^(?:web_search|web_fetch|code_execution|tool_search|mcp)/;

export const toolsField = z
  .array(
    taggedObject(
      { custom: customTool },
      {
        untagged: 'custom',
        refusal: (type) =>
          runsAtAnthropic.test(type)
            ? `${JSON.stringify(type)} runs on Anthropic's servers and does not exist here`
            : `${JSON.stringify(type)} is built into Anthropic's models; describe it as a tool with an input_schema`,
      },
    ),
  )
  .default([]);

const oneCall = { disable_parallel_tool_use: flagField };

export const toolChoiceField = taggedObject(
  {
    auto: goObject(oneCall).transform((fields) => ({
      choice: 'auto' as const,
      isSingle: fields.disable_parallel_tool_use,
    })),
    any: goObject(oneCall).transform((fields) => ({
      choice: 'required' as const,
      isSingle: fields.disable_parallel_tool_use,
    })),
    tool: goObject({ ...oneCall, name: z.string().min(1) }).transform((fields) => ({
      choice: { name: fields.name },
      isSingle: fields.disable_parallel_tool_use,
    })),
    none: goObject({ disable_parallel_tool_use: refusedField('without a choice there are no calls') }).transform(
      () => ({
        choice: 'none' as const,
        isSingle: false,
      }),
    ),
  },
  { refusal: (type) => `${JSON.stringify(type)} is none of auto, any, tool, none` },
);
