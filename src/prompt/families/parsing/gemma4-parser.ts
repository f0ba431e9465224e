/** Gemma 4: thinking in a channel, calls as `<|tool_call>call:name{…}<tool_call|>`. Markers that the model repeats behind a call are noise. */
import type { Tool } from '../../chat-message.ts';
import { gemma4Syntax } from '../../tool-calls/escaped-call-syntax.ts';
import type { ParsedCall } from '../../tool-calls/tool-call-shape.ts';
import { asksToThink, type FamilyParser } from '../family-parser.ts';
import { acceptedTypes, toolProperties } from '../rendering/declared-properties.ts';
import { readMarkedArguments } from './marked-arguments.ts';
import { createStagedParser, type Stage } from './staged-parser.ts';

type StageName = 'content' | 'channel' | 'thinking' | 'call' | 'noise';

const callOpen = '<|tool_call>';
const callClose = '<tool_call|>';
const resultOpen = '<|tool_response>';
const quote = '<|"|>';

function stagesFor(tools: readonly Tool[], thinks: boolean): Readonly<Record<StageName, Stage<StageName>>> {
  return {
    content: {
      kind: 'text',
      gives: 'content',
      endSpace: 'cut',
      exits: [
        { tag: '<|channel>', to: 'channel' },
        { tag: callOpen, to: 'call' },
      ],
    },
    channel: {
      kind: 'lead',
      exits: [{ tag: 'thought\n', to: 'thinking' }],
      spaceBefore: 'none',
      otherwise: 'thinking',
    },
    thinking: {
      kind: 'text',
      // A model that was told not to think may open the channel nonetheless.
      gives: thinks ? 'thinking' : 'nothing',
      endSpace: 'cut',
      exits: [{ tag: '<channel|>', to: 'content', skipsSpace: true }],
    },
    call: {
      kind: 'block',
      open: callOpen,
      close: { tag: callClose, to: 'noise', skipsSpace: true },
      read: (body) => {
        const call = readCall(body, tools);
        return call && { calls: [call] };
      },
    },
    noise: {
      kind: 'lead',
      exits: [
        { tag: callClose, to: 'noise', skipsSpace: true },
        { tag: resultOpen, to: 'noise', skipsSpace: true },
      ],
      spaceBefore: 'dropped',
      otherwise: 'content',
    },
  };
}

export function createGemma4Parser(options: { readonly thinks: boolean }): FamilyParser {
  return {
    tools: true,
    thinking: options.thinks,
    callSyntax: gemma4Syntax,
    thinkingEnd: options.thinks ? '\n<channel|>' : undefined,
    visibleTokens: ['<|channel>', '<channel|>', callOpen, callClose, resultOpen, quote],
    create: (answer) => {
      const thinks = options.thinks && asksToThink(answer);
      // Behind a tool's result the prompt has opened the channel.
      const isInside = thinks && !answer.isPastThinking && answer.lastMessage?.role === 'tool';
      return createStagedParser({
        stages: stagesFor(answer.tools, thinks),
        start: isInside ? 'thinking' : 'content',
        newCallId: answer.newCallId,
      });
    },
  };
}

function readCall(body: string, tools: readonly Tool[]): ParsedCall | undefined {
  const brace = body.indexOf('{');
  if (!body.startsWith('call:') || brace < 0) return undefined;
  const name = body.slice('call:'.length, brace).trim();
  const tool = tools.find((candidate) => candidate.function.name === name);
  const properties = new Map((tool && toolProperties(tool)) ?? []);
  const isText = (key: string): boolean =>
    acceptedTypes(properties.get(key) ?? {}).some((type) => type.toLowerCase() === 'string');
  const given = readMarkedArguments(body.slice(brace), { quote, isText, knownKeys: new Set(properties.keys()) });
  return given && { name, arguments: given };
}
