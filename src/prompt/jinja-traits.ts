/**
 * What a template can take, found out by rendering tiny conversations and looking for their words in the text, the way
 * llama.cpp does it: templates name no version and no features, and searching their source would guess.
 */
import { CorralError } from '../core/corral-error.ts';
import type { ChatMessage } from './chat-message.ts';
import { JinjaLimitError } from './jinja-interpreter.ts';
import { toJinjaMessages } from './jinja-messages.ts';
import type { JinjaTraits } from './jinja-messages.ts';
import type { JinjaProgram } from './jinja-program.ts';
import { jinjaVariables } from './jinja-variables.ts';

const user: ChatMessage = { role: 'user', content: 'probe-user' };
const system: ChatMessage = { role: 'system', content: 'probe-system' };
const calling: readonly ChatMessage[] = [
  user,
  {
    role: 'assistant',
    content: '',
    toolCalls: [{ id: 'call_probe0001', name: 'probe_tool', arguments: { probe_key: 'probe-value' } }],
  },
];
const tool = {
  type: 'function',
  function: {
    name: 'probe_tool',
    description: 'probe',
    parameters: { type: 'object', properties: { probe_key: { type: 'string', description: 'probe' } }, required: [] },
  },
};

const known = new WeakMap<JinjaProgram, JinjaTraits>();

/** A template's traits; tried once for each parsed template. */
export function jinjaTraits(program: JinjaProgram, source: string): JinjaTraits {
  let traits = known.get(program);
  if (traits === undefined) {
    traits = tryOut(program, source);
    known.set(program, traits);
  }
  return traits;
}

function tryOut(program: JinjaProgram, source: string): JinjaTraits {
  const shortCallIds = /length\s*!=\s*9|length == 9/.test(source);
  const plain = { systemRole: true, contentParts: false, argumentsAsText: false, shortCallIds };
  const shows = (messages: readonly ChatMessage[], traits: JinjaTraits, word: string): boolean =>
    attempt(program, messages, traits).includes(word);

  const contentParts =
    !shows([user], plain, user.content) && shows([user], { ...plain, contentParts: true }, user.content);
  const withContent = { ...plain, contentParts };
  // A template that can't even show a user turn tells nothing about its system role.
  const systemRole = !shows([user], withContent, user.content) || shows([system, user], withContent, system.content);
  const traits = { ...withContent, systemRole };
  const argumentsAsText =
    !showsArguments(attempt(program, calling, traits)) &&
    showsArguments(attempt(program, calling, { ...traits, argumentsAsText: true }));
  return { ...traits, argumentsAsText };
}

/** `[object Map]` is how the library prints a mapping joined to a text; quotes behind a backslash mean JSON within JSON. */
function showsArguments(text: string): boolean {
  return text.includes('probe-value') && !text.includes('[object') && !text.includes('\\"probe_key');
}

/** The text, or nothing when the template refuses or fails. One that runs into a limit is not tried any further. */
function attempt(program: JinjaProgram, messages: readonly ChatMessage[], traits: JinjaTraits): string {
  const tools = messages === calling ? [tool] : [];
  const input = { messages: toJinjaMessages(messages, traits), tools, think: undefined, bosToken: '', eosToken: '' };
  try {
    return program.render(jinjaVariables(input));
  } catch (error) {
    if (error instanceof CorralError && !(error.cause instanceof JinjaLimitError)) return '';
    throw error;
  }
}
