/** OLMo 3 and LFM2 write their calls as Python, each between markers of its own. LFM2 may think first, and opens its thinking itself. */
import { lfm2Syntax, olmo3Syntax } from '../../tool-calls/python-call-syntax.ts';
import { asksToThink, continuesContent, type FamilyParser } from '../family-parser.ts';
import { readPythonCalls } from './python-calls.ts';
import { createStagedParser, type BlockResult, type Stage } from './staged-parser.ts';

const callsIn = (body: string, unescapesStrings: boolean): BlockResult<never> | undefined => {
  const calls = readPythonCalls(body, { unescapesStrings });
  return calls && { calls };
};

type Olmo3Stage = 'content' | 'calls';

const olmo3Stages: Readonly<Record<Olmo3Stage, Stage<Olmo3Stage>>> = {
  content: { kind: 'text', gives: 'content', endSpace: 'kept', exits: [{ tag: '<function_calls>', to: 'calls' }] },
  calls: {
    kind: 'block',
    open: '<function_calls>',
    close: { tag: '</function_calls>', to: 'content' },
    read: (body) => callsIn(body, true),
  },
};

export const olmo3Parser: FamilyParser = {
  tools: true,
  callSyntax: olmo3Syntax,
  thinking: false,
  visibleTokens: ['<function_calls>', '</function_calls>'],
  create: ({ newCallId }) => createStagedParser({ stages: olmo3Stages, start: 'content', newCallId }),
};

type Lfm2Stage = 'opening' | 'thinking' | 'content' | 'calls';

const lfm2Stages: Readonly<Record<Lfm2Stage, Stage<Lfm2Stage>>> = {
  opening: {
    kind: 'lead',
    exits: [{ tag: '<think>', to: 'thinking', skipsSpace: true }],
    spaceBefore: 'dropped',
    otherwise: 'content',
  },
  thinking: {
    kind: 'text',
    gives: 'thinking',
    endSpace: 'dropped',
    exits: [{ tag: '</think>', to: 'content', skipsSpace: true }],
  },
  content: { kind: 'text', gives: 'content', endSpace: 'cut', exits: [{ tag: '<|tool_call_start|>', to: 'calls' }] },
  calls: {
    kind: 'block',
    open: '<|tool_call_start|>',
    close: { tag: '<|tool_call_end|>', to: 'content', skipsSpace: true },
    // The model's own strings keep their backslashes, as Ollama has it.
    read: (body) => callsIn(body, false),
  },
};

export function createLfm2Parser(options: { readonly thinks: boolean }): FamilyParser {
  return {
    tools: true,
    callSyntax: lfm2Syntax,
    thinking: options.thinks,
    thinkingEnd: options.thinks ? '</think>' : undefined,
    visibleTokens: ['<think>', '</think>', '<|tool_call_start|>', '<|tool_call_end|>'],
    create: (answer) =>
      createStagedParser({
        stages: lfm2Stages,
        start: options.thinks && asksToThink(answer) && !continuesContent(answer) ? 'opening' : 'content',
        newCallId: answer.newCallId,
      }),
  };
}
