/** FunctionGemma: `<start_function_call>call:name{key:<escape>text<escape>,n:1}<end_function_call>`. */
import { functionGemmaSyntax } from '../../tool-calls/escaped-call-syntax.ts';
import type { ParsedCall } from '../../tool-calls/tool-call-shape.ts';
import type { FamilyParser } from '../family-parser.ts';
import { readMarkedArguments } from './marked-arguments.ts';
import { createStagedParser, type Stage } from './staged-parser.ts';

type StageName = 'content' | 'call';

const open = '<start_function_call>';

const stages: Readonly<Record<StageName, Stage<StageName>>> = {
  content: { kind: 'text', gives: 'content', endSpace: 'kept', exits: [{ tag: open, to: 'call' }] },
  call: {
    kind: 'block',
    open,
    close: { tag: '<end_function_call>', to: 'content' },
    read: (body) => {
      const call = readCall(body);
      return call && { calls: [call] };
    },
  },
};

export const functionGemmaParser: FamilyParser = {
  tools: true,
  callSyntax: functionGemmaSyntax,
  thinking: false,
  visibleTokens: [open, '<end_function_call>'],
  create: ({ newCallId }) => createStagedParser({ stages, start: 'content', newCallId }),
};

function readCall(body: string): ParsedCall | undefined {
  const match = /call:([^{]+)(\{[\s\S]*\})/.exec(body);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const given = readMarkedArguments(match[2], { quote: '<escape>', isText: () => true });
  return given && { name: match[1], arguments: given };
}
