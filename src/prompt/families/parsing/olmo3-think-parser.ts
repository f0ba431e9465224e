/** OLMo 3 Think: every answer opens with thinking; the prompt has opened it. */
import { continuesContent, type FamilyParser } from '../family-parser.ts';
import { createStagedParser, type Stage } from './staged-parser.ts';

type StageName = 'thinking' | 'content';

const stages: Readonly<Record<StageName, Stage<StageName>>> = {
  thinking: {
    kind: 'text',
    gives: 'thinking',
    endSpace: 'dropped',
    exits: [{ tag: '</think>', to: 'content', skipsSpace: true }],
  },
  content: { kind: 'text', gives: 'content', endSpace: 'kept', exits: [] },
};

export const olmo3ThinkParser: FamilyParser = {
  tools: false,
  thinking: true,
  thinkingEnd: '</think>',
  visibleTokens: ['</think>'],
  create: (answer) =>
    createStagedParser({
      stages,
      start: continuesContent(answer) ? 'content' : 'thinking',
      newCallId: answer.newCallId,
    }),
};
