/** Qwen3: thinking up to `</think>`, calls as JSON in `<tool_call>`. A call inside the thinking ends it. */
import { continuesContent, type ExpectedAnswer, type FamilyParser } from '../family-parser.ts';
import { readJsonCall } from './json-call-block.ts';
import { taggedJsonSyntax } from '../../tool-calls/json-call-syntax.ts';
import { tagOnItsLine } from '../../think-tag-splitter.ts';
import { createStagedParser, type Stage } from './staged-parser.ts';

type StageName = 'opening' | 'thinking' | 'content' | 'call';

const callExit = { tag: '<tool_call>', to: 'call', skipsSpace: true } as const;

const stages: Readonly<Record<StageName, Stage<StageName>>> = {
  // The prompt has opened the thinking; some models open it again.
  opening: {
    kind: 'lead',
    exits: [{ tag: '<think>', to: 'thinking', skipsSpace: true }],
    spaceBefore: 'allowed',
    otherwise: 'thinking',
  },
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
    read: readJsonCall,
  },
};

/** For `qwen3`, which never thinks, and `qwen3-thinking`, which does unless told otherwise. */
export function createQwen3Parser(options: { readonly thinks: boolean }): FamilyParser {
  const startsThinking = (answer: ExpectedAnswer): boolean =>
    options.thinks && !answer.isPastThinking && answer.think !== false;
  return {
    tools: true,
    thinking: options.thinks,
    thinkingEnd: options.thinks ? tagOnItsLine('</think>') : undefined,
    callSyntax: taggedJsonSyntax,
    visibleTokens: ['<think>', '</think>', '<tool_call>', '</tool_call>'],
    create: (answer) =>
      createStagedParser({
        stages,
        start: startsThinking(answer) ? 'opening' : 'content',
        newCallId: answer.newCallId,
      }),
  };
}

/** Qwen3-VL: the thinking model always thinks, unless an answer is gone on with. */
export function createQwen3VlParser(options: { readonly thinks: boolean }): FamilyParser {
  return {
    tools: true,
    thinking: options.thinks,
    thinkingEnd: options.thinks ? tagOnItsLine('</think>') : undefined,
    callSyntax: taggedJsonSyntax,
    visibleTokens: ['</think>', '<tool_call>', '</tool_call>'],
    create: (answer) =>
      createStagedParser({
        stages,
        start: options.thinks && !continuesContent(answer) ? 'thinking' : 'content',
        newCallId: answer.newCallId,
      }),
  };
}
