/** Ministral: calls as `[TOOL_CALLS]name[ARGS]{…}`, thinking between `[THINK]` and `[/THINK]` wherever the model puts it. */
import { chainParsers } from '../../chain-parsers.ts';
import { mistralShape } from '../../tool-calls/mistral-shape.ts';
import { createToolCallScanner } from '../../tool-calls/tool-call-scanner.ts';
import type { FamilyParser } from '../family-parser.ts';
import { createStagedParser, type Stage } from './staged-parser.ts';

type StageName = 'content' | 'thinking';

const stages: Readonly<Record<StageName, Stage<StageName>>> = {
  content: { kind: 'text', gives: 'content', endSpace: 'dropped', exits: [{ tag: '[THINK]', to: 'thinking' }] },
  thinking: {
    kind: 'text',
    gives: 'thinking',
    endSpace: 'kept',
    exits: [{ tag: '[/THINK]', to: 'content', skipsSpace: true }],
  },
};

export const ministralParser: FamilyParser = {
  tools: true,
  callSyntax: mistralShape.syntax,
  thinking: false,
  visibleTokens: ['[TOOL_CALLS]', '[THINK]', '[/THINK]', '[ARGS]'],
  create: ({ tools, newCallId }) =>
    chainParsers(
      createStagedParser({ stages, start: 'content', newCallId }),
      createToolCallScanner({ shape: mistralShape, tools, newCallId }),
    ),
};
