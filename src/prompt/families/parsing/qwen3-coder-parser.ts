/** Qwen3-Coder, whose calls are XML, and Qwen 3.5, which thinks before it writes them. */
import type { Tool } from '../../chat-message.ts';
import { qwenCoderSyntax } from '../../tool-calls/marked-value-syntax.ts';
import { continuesContent, type FamilyParser } from '../family-parser.ts';
import { tagOnItsLine } from '../../think-tag-splitter.ts';
import { createStagedParser, type Stage } from './staged-parser.ts';
import { readXmlFunction } from './xml-function.ts';

type StageName = 'opening' | 'thinking' | 'content' | 'call';

const callExit = { tag: '<tool_call>', to: 'call', skipsSpace: true } as const;

const stagesFor = (tools: readonly Tool[]): Readonly<Record<StageName, Stage<StageName>>> => ({
  // The prompt has opened the thinking; some models open it again.
  opening: {
    kind: 'lead',
    exits: [{ tag: '<think>', to: 'thinking', skipsSpace: true }],
    spaceBefore: 'allowed',
    otherwise: 'thinking',
  },
  // Small models forget the closing tag when they call.
  thinking: {
    kind: 'text',
    gives: 'thinking',
    endSpace: 'dropped',
    exits: [{ tag: '</think>', to: 'content', skipsSpace: true }, callExit],
  },
  content: { kind: 'text', gives: 'content', endSpace: 'dropped', exits: [callExit] },
  call: {
    kind: 'block',
    open: '<tool_call>',
    close: { tag: '</tool_call>', to: 'content', skipsSpace: true },
    read: (body) => {
      const call = readXmlFunction(body, tools);
      return call && { calls: [call] };
    },
  },
});

export const qwen3CoderParser: FamilyParser = {
  tools: true,
  callSyntax: qwenCoderSyntax,
  thinking: false,
  visibleTokens: ['<tool_call>', '</tool_call>'],
  create: ({ tools, newCallId }) => createStagedParser({ stages: stagesFor(tools), start: 'content', newCallId }),
};

export const qwen35Parser: FamilyParser = {
  tools: true,
  callSyntax: qwenCoderSyntax,
  thinking: true,
  thinkingEnd: tagOnItsLine('</think>'),
  visibleTokens: ['<think>', '</think>', '<tool_call>', '</tool_call>'],
  create: (answer) =>
    createStagedParser({
      stages: stagesFor(answer.tools),
      start: answer.think === false || continuesContent(answer) ? 'content' : 'opening',
      newCallId: answer.newCallId,
    }),
};
