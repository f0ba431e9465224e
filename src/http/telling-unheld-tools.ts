import type { ServerResponse } from 'node:http';
import type { AnswerEvent } from '../usecases/answer-events.ts';
import { tellIgnored } from './ignored-header.ts';

/** What this API calls the schema of a tool's arguments. */
type SchemaField = 'parameters' | 'input_schema';

/** `tools.NAME.parameters` for each tool whose calls are not held to its schema though the request's choice of tools asks for that. */
export function unheldSchemas(names: readonly string[], field: SchemaField): string[] {
  return names.map((name) => `tools.${name}.${field}`);
}

/** The events without `begun`, which is told in the reply's headers; nothing of an answer has been sent by then. */
export async function* tellingUnheldTools(
  events: AsyncIterable<AnswerEvent>,
  response: ServerResponse,
): AsyncGenerator<AnswerEvent, void, undefined> {
  for await (const event of events) {
    if (event.type === 'begun') tellIgnored(response, unheldSchemas(event.unheldTools, 'parameters'));
    else yield event;
  }
}
