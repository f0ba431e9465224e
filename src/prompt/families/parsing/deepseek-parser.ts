/**
 * DeepSeek V3 and Cogito: calls one by one inside an outer pair of markers, each given out as soon as it is whole. DeepSeek writes
 * `name<sep>{…}`, Cogito `function<sep>name` with the arguments in a fenced block.
 */
import { argumentsFrom } from '../../tool-calls/call-from-json.ts';
import { createDeepseekSyntax } from '../../tool-calls/deepseek-syntax.ts';
import type { ParsedCall } from '../../tool-calls/tool-call-shape.ts';
import { asksToThink, continuesContent, type FamilyParser } from '../family-parser.ts';
import { tagOnItsLine } from '../../think-tag-splitter.ts';
import { createStagedParser, type Stage, type StageExit } from './staged-parser.ts';

type StageName = 'thinking' | 'content' | 'calls' | 'call' | 'output' | 'outputs';

const callsOpen = '<｜tool▁calls▁begin｜>';
const callsClose = '<｜tool▁calls▁end｜>';
const callOpen = '<｜tool▁call▁begin｜>';
const callClose = '<｜tool▁call▁end｜>';
const separator = '<｜tool▁sep｜>';
const outputOpen = '<｜tool▁output▁begin｜>';
const outputClose = '<｜tool▁output▁end｜>';
const outputsOpen = '<｜tool▁outputs▁begin｜>';
const outputsClose = '<｜tool▁outputs▁end｜>';

interface Dialect {
  readonly readCall: (body: string) => ParsedCall | undefined;
  /** Whether a tool's result that the model makes up is shown. */
  readonly showsOutput: boolean;
}

function stagesFor({ readCall, showsOutput }: Dialect): Readonly<Record<StageName, Stage<StageName>>> {
  const outputExit: StageExit<StageName> = showsOutput
    ? { tag: outputOpen, to: 'output', keepsSpace: true }
    : { tag: outputsOpen, to: 'outputs' };
  return {
    thinking: {
      kind: 'text',
      gives: 'thinking',
      endSpace: 'dropped',
      exits: [{ tag: '</think>', to: 'content', skipsSpace: true }],
    },
    content: { kind: 'text', gives: 'content', endSpace: 'cut', exits: [{ tag: callsOpen, to: 'calls' }, outputExit] },
    calls: {
      kind: 'text',
      gives: 'nothing',
      endSpace: 'kept',
      exits: [
        { tag: callOpen, to: 'call' },
        { tag: callsClose, to: 'content', skipsSpace: true },
      ],
    },
    call: {
      kind: 'block',
      open: callOpen,
      close: { tag: callClose, to: 'calls' },
      read: (body) => {
        const call = readCall(body);
        return call && { calls: [call] };
      },
    },
    output: { kind: 'text', gives: 'content', endSpace: 'kept', exits: [{ tag: outputClose, to: 'content' }] },
    outputs: {
      kind: 'text',
      gives: 'nothing',
      endSpace: 'kept',
      exits: [{ tag: outputsClose, to: 'content', skipsSpace: true }],
    },
  };
}

const deepseekStages = stagesFor({ readCall: readDeepseekCall, showsOutput: true });
const cogitoStages = stagesFor({ readCall: readCogitoCall, showsOutput: false });

const markers = [callsOpen, callsClose, callOpen, callClose, separator, outputOpen, outputClose];

export const deepseek3Parser: FamilyParser = {
  tools: true,
  callSyntax: createDeepseekSyntax(['plain']),
  thinking: true,
  thinkingEnd: '</think>',
  visibleTokens: ['</think>', ...markers],
  create: (answer) =>
    createStagedParser({
      stages: deepseekStages,
      start: asksToThink(answer) && !continuesContent(answer) ? 'thinking' : 'content',
      newCallId: answer.newCallId,
    }),
};

/** With tools, Cogito does not think. */
export const cogitoParser: FamilyParser = {
  tools: true,
  callSyntax: createDeepseekSyntax(['fenced']),
  thinking: true,
  thinkingEnd: tagOnItsLine('</think>'),
  visibleTokens: ['</think>', ...markers, outputsOpen, outputsClose],
  create: (answer) =>
    createStagedParser({
      stages: cogitoStages,
      start: asksToThink(answer) && !continuesContent(answer) && answer.tools.length === 0 ? 'thinking' : 'content',
      newCallId: answer.newCallId,
    }),
};

function readDeepseekCall(body: string): ParsedCall | undefined {
  const at = body.indexOf(separator);
  if (at < 0) return undefined;
  return callOf(body.slice(0, at), body.slice(at + separator.length));
}

function readCogitoCall(body: string): ParsedCall | undefined {
  const match = /^[\s\S]*?<｜tool▁sep｜>([\s\S]*?)\n```json\n([\s\S]*?)\n```/.exec(body);
  return match?.[1] === undefined || match[2] === undefined ? undefined : callOf(match[1], match[2]);
}

function callOf(name: string, json: string): ParsedCall | undefined {
  const given = argumentsFrom(json.trim());
  return given && { name: name.trim(), arguments: given };
}
