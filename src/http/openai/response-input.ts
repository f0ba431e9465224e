import type { InputItem, WireItem } from '../../api/openai/response-items.ts';
import type { ResponseRequest } from '../../api/openai/response-request.ts';
import { CorralError } from '../../core/corral-error.ts';
import type { ResponseStore } from './response-store.ts';

export interface ResolvedInput {
  /** Of this request; every item has an id. */
  readonly input: readonly InputItem[];
  /** With the earlier turns before it. */
  readonly conversation: readonly InputItem[];
}

const idPrefix: Readonly<Record<InputItem['type'], string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  reasoning: 'rs',
  web_search_call: 'ws',
};

/** The items that a request is about. Throws `bad_request` where something it refers to is not kept (any more). */
export function resolveInput(
  { input, previous_response_id: previousId }: ResponseRequest,
  store: Pick<ResponseStore, 'find' | 'findItem'>,
  newId: (prefix: string) => string,
): ResolvedInput {
  if (input === undefined || input.length === 0) throw missing(input);
  const earlier = previousId === undefined ? [] : earlierTurns(store, previousId);
  const resolve = (item: WireItem, index: number): InputItem => {
    const known = item.type === 'item_reference' ? referred(store, item.id, index) : item;
    return { ...known, id: known.id ?? newId(idPrefix[known.type]) };
  };
  const items: readonly WireItem[] =
    typeof input === 'string'
      ? [
          {
            type: 'message',
            id: undefined,
            role: 'user',
            status: 'completed',
            content: [{ type: 'input_text', text: input }],
          },
        ]
      : input;
  const resolved = items.map(resolve);
  return { input: resolved, conversation: [...earlier, ...resolved] };
}

function earlierTurns(store: Pick<ResponseStore, 'find'>, id: string): readonly InputItem[] {
  const kept = store.find(id);
  if (kept !== undefined) return kept.conversation;
  throw new CorralError('bad_request', `Previous response with id '${id}' not found.`, {
    param: 'previous_response_id',
    hint: 'Responses are kept in memory: not with store false, not for ever, and not across a restart.',
  });
}

function referred(store: Pick<ResponseStore, 'findItem'>, id: string, index: number): InputItem {
  const item = store.findItem(id);
  if (item !== undefined) return item;
  throw new CorralError('bad_request', `Item with id '${id}' not found.`, { param: `input[${index}].id` });
}

function missing(input: ResponseRequest['input']): CorralError {
  const message =
    input === undefined ? "Missing required parameter: 'input'." : 'invalid value for "input": it is empty';
  return new CorralError('bad_request', message, { param: 'input' });
}
