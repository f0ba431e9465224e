/** What stands in a message: Anthropic's content blocks, as parts that are text, images, thinking, calls and their results. */
import { z } from 'zod';
import { refusedField } from '../refused-field.ts';
import { goObject } from '../wire-schema.ts';
import { shaped } from '../wire-shapes.ts';
import { checkBase64 } from '../ollama/check-base64.ts';
import { recordField } from '../ollama/wire-fields.ts';
import { taggedObject } from './tagged-object.ts';
import { signedThinking } from './thinking-signature.ts';

export type ShownPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly data: string };

export type Part =
  | ShownPart
  | { readonly type: 'thinking'; readonly thinking: string }
  | { readonly type: 'call'; readonly id: string; readonly name: string; readonly input: Record<string, unknown> }
  | {
      readonly type: 'result';
      readonly callId: string;
      readonly isError: boolean;
      readonly parts: readonly ShownPart[];
    };

const textBlock = goObject({ text: z.string() }).transform(({ text }): Part[] => [{ type: 'text', text }]);

const base64Field = z.string().superRefine((data, context) => {
  const message = checkBase64(data);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

const imageSource = taggedObject(
  {
    base64: goObject({ media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']), data: base64Field }),
  },
  { refusal: (type) => `an image must come as base64, ${JSON.stringify(type)} sources are not fetched` },
);

const imageBlock = goObject({
  source: imageSource,
  transformations: refusedField('images are used as they are sent'),
}).transform(({ source }): Part[] => [{ type: 'image', data: source.data }]);

const shownBlocks = { text: textBlock, image: imageBlock };
const noCitations = 'citations are not supported; send the block without them';
const citationsField = goObject({ enabled: z.literal(false, { error: noCitations }).default(false) }).optional();

const documentSource = taggedObject(
  {
    text: goObject({ data: z.string() }).transform(({ data }): Part[] => [{ type: 'text', text: data }]),
    content: goObject({
      content: blocks(shownBlocks, (type) => `a ${JSON.stringify(type)} block can't stand in a document`),
    }).transform(({ content }) => content),
  },
  { refusal: (type) => `a document must come as text or content, ${JSON.stringify(type)} sources are not read` },
);

const documentBlock = goObject({
  source: documentSource,
  title: z.string().optional(),
  context: z.string().optional(),
  citations: citationsField,
}).transform(({ source, title, context }): Part[] => [...heading([title, context]), ...source]);

const searchResultBlock = goObject({
  source: z.string(),
  title: z.string(),
  content: blocks({ text: textBlock }, (type) => `a ${JSON.stringify(type)} block can't stand in a search result`),
  citations: citationsField,
}).transform(({ source, title, content }): Part[] => [...heading([title, source]), ...content]);

const resultBlocks = { ...shownBlocks, document: documentBlock, search_result: searchResultBlock };

const toolResultBlock = goObject({
  tool_use_id: z.string().min(1),
  content: blocks(resultBlocks, (type) => `a ${JSON.stringify(type)} block can't stand in a tool result`).default([]),
  is_error: z.boolean().default(false),
}).transform(({ tool_use_id: callId, content, is_error: isError }): Part[] => [
  { type: 'result', callId, isError, parts: content.filter(isShown) },
]);

const toolUseBlock = goObject({
  id: z.string().min(1),
  name: z.string().min(1),
  input: recordField.default({}),
}).transform(({ id, name, input }): Part[] => [{ type: 'call', id, name, input }]);

const thinkingBlock = goObject({ thinking: z.string().default(''), signature: z.string().default('') }).transform(
  (block): Part[] => [{ type: 'thinking', thinking: signedThinking(block) }],
);

// Only Anthropic can read what is in there.
const redactedBlock = goObject({ data: z.string().optional() }).transform((): Part[] => []);

const userBlocks = { ...resultBlocks, tool_result: toolResultBlock };
const assistantBlocks = {
  text: textBlock,
  thinking: thinkingBlock,
  redacted_thinking: redactedBlock,
  tool_use: toolUseBlock,
};

export const userContent = blocks(userBlocks, (type) => misplaced(type, 'user', assistantBlocks));
export const assistantContent = blocks(assistantBlocks, (type) => misplaced(type, 'assistant', userBlocks));
export const systemContent = blocks(
  { text: textBlock },
  (type) => `a ${JSON.stringify(type)} block can't stand in a system prompt`,
);

/** Text, or a list of blocks; either way a flat list of parts. */
function blocks(schemas: Readonly<Record<string, z.ZodType<Part[]>>>, refusal: (type: string) => string) {
  const list = z.array(taggedObject(schemas, { refusal }));
  const flat = z
    .preprocess((content) => (typeof content === 'string' ? [{ type: 'text', text: content }] : content), list)
    .transform((lists) => lists.flat());
  return shaped(flat, { anyOf: [z.string(), list] });
}

function misplaced(type: string, role: string, others: object): string {
  const name = JSON.stringify(type);
  if (Object.hasOwn(others, type)) return `a ${name} block can't stand in a message of role ${role}`;
  return `${name} blocks are not supported`;
}

function heading(lines: readonly (string | undefined)[]): Part[] {
  const text = lines.filter((line) => line !== undefined && line !== '').join('\n');
  return text === '' ? [] : [{ type: 'text', text }];
}

function isShown(part: Part): part is ShownPart {
  return part.type === 'text' || part.type === 'image';
}
