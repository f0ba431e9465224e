/** What a chat carries from one message to the next. Every change gives a new session. */
import type { RunFlags } from '../answer/run-flags.ts';
import type { JsonRecord } from '../json-fields.ts';
import type { ParameterValue } from './model-parameters.ts';

export interface SessionMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
  readonly thinking?: string;
}

export interface ChatSession extends RunFlags {
  readonly model: string;
  /** The conversation that the model brings along; the server puts it before every request. */
  readonly modelMessages: readonly SessionMessage[];
  readonly messages: readonly SessionMessage[];
  readonly system: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

export function startSession(model: string, flags: RunFlags): ChatSession {
  return { ...flags, model, modelMessages: [], messages: [], system: '', parameters: {} };
}

/** A system message takes effect from here on; one that nothing has followed is replaced. */
export function withSystem(session: ChatSession, content: string): ChatSession {
  const kept = session.messages.at(-1)?.role === 'system' ? session.messages.slice(0, -1) : session.messages;
  return { ...session, system: content, messages: [...kept, { role: 'system', content }] };
}

/** Without what was said; the system message stays. */
export function cleared(session: ChatSession): ChatSession {
  return { ...session, messages: session.system === '' ? [] : [{ role: 'system', content: session.system }] };
}

export function withExchange(session: ChatSession, question: string, content: string, thinking: string): ChatSession {
  const answer: SessionMessage = { role: 'assistant', content, ...(thinking === '' ? {} : { thinking }) };
  return { ...session, messages: [...session.messages, { role: 'user', content: question }, answer] };
}

/** The body of /api/chat that asks `question`; absent fields are left to the server. */
export function chatRequest(session: ChatSession, question: string): JsonRecord {
  const { model, messages, format, parameters, keepAlive, think } = session;
  const options = Object.keys(parameters).length === 0 ? undefined : parameters;
  return {
    model,
    messages: [...messages, { role: 'user', content: question }],
    format,
    options,
    keep_alive: keepAlive,
    think,
  };
}

/**
 * The body of /api/create that keeps this session as a model. It is built on the current model: Ollama goes back to that model's parent
 * and so loses its template and parameters.
 */
export function saveRequest(session: ChatSession, name: string): JsonRecord {
  const { model, system, parameters, modelMessages, messages } = session;
  const kept = [...modelMessages, ...messages];
  return {
    model: name,
    from: model,
    system: system === '' ? undefined : system,
    parameters: Object.keys(parameters).length === 0 ? undefined : parameters,
    messages: kept.length === 0 ? undefined : kept,
  };
}
