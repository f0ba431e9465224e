/**
 * gpt-oss writes messages: `<|start|>role<|channel|>name<|message|>text<|end|>`. The channel `analysis` is thinking, a header with a
 * recipient (`to=functions.name`) makes a call of the message, everything else is content. The prompt has begun the first message.
 */
import { argumentsFrom } from '../../tool-calls/call-from-json.ts';
import { harmonySyntax } from '../../tool-calls/harmony-syntax.ts';
import type { ExpectedAnswer, FamilyParser } from '../family-parser.ts';
import { userToolName } from '../harmony-tool-names.ts';
import { createStagedParser, type BlockResult, type Stage } from './staged-parser.ts';

type StageName = 'between' | 'resumed' | 'header' | 'channel' | 'recipient' | 'thinking' | 'content' | 'call';

const messageEnd = { tag: '<|end|>', to: 'between' } as const;

function stagesFor({ tools }: ExpectedAnswer): Readonly<Record<StageName, Stage<StageName>>> {
  let recipient = '';
  const readHeader = (header: string): BlockResult<StageName> => {
    const parsed = parseHarmonyHeader(header);
    const addressee = parsed.channel === 'analysis' || parsed.channel === 'commentary' ? parsed.recipient : '';
    if (addressee === '') return { calls: [], to: parsed.channel === 'analysis' ? 'thinking' : 'content' };
    recipient = addressee;
    return { calls: [], to: 'call' };
  };
  const headerBehind = (open: string): Stage<StageName> => ({
    kind: 'block',
    open,
    close: { tag: '<|message|>', to: 'content' },
    // An answer that ends here may be one of a model that doesn't keep to the form: then its text is the answer.
    read: (header, ended) => (!ended ? readHeader(open + header) : isMarkup(open + header) ? { calls: [] } : undefined),
  });
  return {
    between: { kind: 'text', gives: 'nothing', endSpace: 'kept', exits: [{ tag: '<|start|>', to: 'header' }] },
    // Behind its thinking an answer is gone on with inside the last message, or with the header of a new one.
    resumed: {
      kind: 'lead',
      exits: [
        { tag: '<|channel|>', to: 'channel' },
        { tag: ' to=', to: 'recipient' },
        { tag: 'to=', to: 'recipient' },
      ],
      spaceBefore: 'none',
      otherwise: 'content',
    },
    header: headerBehind(''),
    channel: headerBehind('<|channel|>'),
    recipient: headerBehind('to='),
    thinking: { kind: 'text', gives: 'thinking', endSpace: 'kept', exits: [messageEnd] },
    content: { kind: 'text', gives: 'content', endSpace: 'kept', exits: [messageEnd] },
    call: {
      kind: 'block',
      open: '',
      close: messageEnd,
      read: (body) => {
        const given = body.trim() === '' ? {} : argumentsFrom(body);
        const name = userToolName(recipient.replace(/^functions\./, ''), tools);
        return given && { calls: [{ name, arguments: given }] };
      },
    },
  };
}

export const harmonyParser: FamilyParser = {
  tools: true,
  callSyntax: harmonySyntax,
  thinking: true,
  // No `thinkingEnd`: what follows may be an answer or a call, and the header that opens it is the model's to choose.
  // `<|call|>` is not among them: it ends the answer.
  visibleTokens: ['<|start|>', '<|end|>', '<|message|>', '<|channel|>', '<|constrain|>'],
  create: (answer) =>
    createStagedParser({ stages: stagesFor(answer), start: startOf(answer), newCallId: answer.newCallId }),
};

function startOf({ lastMessage, isPastThinking, tools }: ExpectedAnswer): StageName {
  if (isPastThinking) return tools.length > 0 ? 'resumed' : 'content';
  if (lastMessage?.role !== 'assistant') return 'header';
  if (lastMessage.content !== '') return 'content';
  return (lastMessage.thinking ?? '') === '' ? 'header' : 'thinking';
}

const isMarkup = (header: string): boolean => header.trim() === '' || header.includes('<|');

export interface HarmonyHeader {
  readonly channel: string;
  /** Empty when the message is for the user. */
  readonly recipient: string;
}

/** A recipient may stand before the channel or behind it, and in place of the role; `assistant` in front may be missing too. */
export function parseHarmonyHeader(header: string): HarmonyHeader {
  const channel = /<\|channel\|>(\S*?)(?=<\|constrain\|>|\s|$)/.exec(header);
  const rest = header.replace(channel?.[0] ?? '', '').replace('<|constrain|>', ' <|constrain|>');
  const [first = '', second = ''] = rest.trim().split(/\s+/);
  const addressee = [first, second].find((word) => word.startsWith('to='));
  return { channel: channel?.[1] ?? '', recipient: addressee?.slice('to='.length) ?? '' };
}
