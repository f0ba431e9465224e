/** GLM 4.6 and 4.7: thinking, then calls as `<tool_call>name<arg_key>…</arg_key><arg_value>…</arg_value></tool_call>`. */
import type { Tool } from '../../chat-message.ts';
import { glmSyntax } from '../../tool-calls/marked-value-syntax.ts';
import type { FamilyParser } from '../family-parser.ts';
import { readGlmCall } from './glm-call.ts';
import { createStagedParser, type Stage } from './staged-parser.ts';

type StageName = 'opening' | 'thinking' | 'content' | 'call';

const callExit = { tag: '<tool_call>', to: 'call', skipsSpace: true } as const;

const stagesFor = (tools: readonly Tool[]): Readonly<Record<StageName, Stage<StageName>>> => ({
  // Told not to think, a model may still do so, and then it opens the thinking itself.
  opening: {
    kind: 'lead',
    exits: [{ tag: '<think>', to: 'thinking', skipsSpace: true }],
    spaceBefore: 'allowed',
    otherwise: 'content',
  },
  thinking: {
    kind: 'text',
    gives: 'thinking',
    endSpace: 'dropped',
    exits: [{ tag: '</think>', to: 'content', skipsSpace: true }],
  },
  content: { kind: 'text', gives: 'content', endSpace: 'dropped', exits: [callExit] },
  call: {
    kind: 'block',
    open: '<tool_call>',
    close: { tag: '</tool_call>', to: 'content', skipsSpace: true },
    read: (body, ended) => {
      const call = readGlmCall(body, tools, ended);
      return call && { calls: [call] };
    },
  },
});

export const glm47Parser: FamilyParser = {
  tools: true,
  callSyntax: glmSyntax,
  thinking: true,
  thinkingEnd: '</think>',
  visibleTokens: [
    '<think>',
    '</think>',
    '<tool_call>',
    '</tool_call>',
    '<arg_key>',
    '</arg_key>',
    '<arg_value>',
    '</arg_value>',
  ],
  create: ({ tools, think, isPastThinking, newCallId }) =>
    createStagedParser({
      stages: stagesFor(tools),
      start: think === false || isPastThinking ? 'opening' : 'thinking',
      newCallId,
    }),
};
