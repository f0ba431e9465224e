import { describe, expect, test } from 'vitest';
import type { InputItem } from '../../api/openai/response-items.ts';
import type { ResponseObject } from './response-object.ts';
import { createResponseStore, type KeptResponse } from './response-store.ts';

const item = (id: string, text: string): InputItem => ({
  type: 'message',
  id,
  role: 'user',
  status: 'completed',
  content: [{ type: 'input_text', text }],
});
const kept = (id: string, text = ''): KeptResponse => {
  const response: ResponseObject = { id, object: 'response', status: 'completed', output: [] };
  return { response, input: [item(`msg_${id}`, text)], conversation: [item(`msg_${id}`, text)] };
};
const large = { maxCount: 1000, maxBytes: 1e9 };
const idsIn = (store: ReturnType<typeof createResponseStore>, ids: readonly string[]) =>
  ids.filter((id) => store.find(id) !== undefined);

describe('responses that are kept', () => {
  test('the one used longest ago goes first when there are too many', () => {
    const store = createResponseStore({ ...large, maxCount: 2 });
    store.put(kept('a'));
    store.put(kept('b'));
    store.get('a');
    store.put(kept('c'));
    expect(idsIn(store, ['a', 'b', 'c'])).toEqual(['a', 'c']);
  });

  test('the oldest go until the bytes of the rest fit', () => {
    const store = createResponseStore({ ...large, maxBytes: 3000 });
    for (const id of ['a', 'b', 'c']) store.put(kept(id, 'x'.repeat(700)));
    store.put(kept('d', 'x'.repeat(1500)));
    expect(idsIn(store, ['a', 'b', 'c', 'd'])).toEqual(['c', 'd']);
  });

  test('one that is larger than all the room is not kept, and takes no room after that', () => {
    const store = createResponseStore({ ...large, maxBytes: 1000 });
    store.put(kept('a', 'x'.repeat(2000)));
    store.put(kept('b'));
    expect(idsIn(store, ['a', 'b'])).toEqual(['b']);
  });

  test('what was removed is gone, and its room is free', () => {
    const store = createResponseStore({ ...large, maxBytes: 1000 });
    for (let round = 0; round < 5; round++) {
      store.put(kept('a', 'x'.repeat(400)));
      store.remove('a');
    }
    store.put(kept('b', 'x'.repeat(400)));
    expect(idsIn(store, ['a', 'b'])).toEqual(['b']);
    expect(() => store.get('a')).toThrow("Response with id 'a' not found.");
    expect(() => store.remove('a')).toThrow(expect.objectContaining({ status: 404 }));
  });

  test('an item is found by its id', () => {
    const store = createResponseStore(large);
    store.put(kept('a', 'hello'));
    expect(store.findItem('msg_a')).toEqual(item('msg_a', 'hello'));
    expect(store.findItem('msg_b')).toBeUndefined();
  });
});
