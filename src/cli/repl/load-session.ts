/** Brings a session's model into memory, and with it what the model itself says. */
import { usageError } from '../command-arguments.ts';
import type { CommandContext } from '../command-context.ts';
import { asRecord, type JsonRecord, listField, textField } from '../json-fields.ts';
import type { ServerClient } from '../server-client.ts';
import { startSpinner } from '../terminal/spinner.ts';
import type { ChatSession, SessionMessage } from './chat-session.ts';

interface LoadParts {
  readonly context: CommandContext;
  readonly client: ServerClient;
}

/** Loads the session's model; the session with what the model brings. */
export async function loadSession(
  { context, client }: LoadParts,
  session: ChatSession,
  signal: AbortSignal,
): Promise<ChatSession> {
  const { model, keepAlive, think } = session;
  const spinner = startSpinner(context.host.stderr);
  try {
    const details = await modelDetails(client, model, signal);
    refuseEmbedding(model, listField(details, 'capabilities'));
    await client.readJson('POST', '/api/generate', { model, keep_alive: keepAlive, think }, { signal });
    return { ...session, modelMessages: listField(details, 'messages').flatMap(modelMessage) };
  } finally {
    spinner.stop();
  }
}

function refuseEmbedding(model: string, capabilities: readonly unknown[]): void {
  if (!capabilities.includes('embedding') || capabilities.includes('completion')) return;
  throw usageError(
    `"${model}" makes embeddings and cannot chat`,
    `For its vector of a text: corral run ${model} "some text"`,
  );
}

function modelMessage(value: unknown): SessionMessage[] {
  const message = asRecord(value);
  const role = textField(message, 'role');
  if (role !== 'system' && role !== 'user' && role !== 'assistant') return [];
  return [{ role, content: textField(message, 'content') }];
}

/** What a model brings along, as it would stand here had it been said. */
export function conversationText({ modelMessages }: ChatSession): string {
  const line = ({ role, content }: SessionMessage): string => (role === 'user' ? `>>> ${content}\n` : `${content}\n\n`);
  return modelMessages
    .filter(({ role }) => role !== 'system')
    .map(line)
    .join('');
}

/** The server's answer to /api/show. */
export async function modelDetails(client: ServerClient, model: string, signal: AbortSignal): Promise<JsonRecord> {
  return asRecord(await client.readJson('POST', '/api/show', { model }, { signal }));
}
