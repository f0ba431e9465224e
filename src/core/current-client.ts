/**
 * On whose behalf code runs, so that queues deep inside can let clients take turns. It goes along with a request's asynchronous calls by
 * itself: passing it by hand would put it into the signature of everything between a route and the two queues, none of which cares.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** `client` is an opaque text, the same for all requests of a client. */
export function runAsClient<Value>(client: string, work: () => Value): Value {
  return storage.run(client, work);
}

/** undefined outside of requests. */
export function currentClient(): string | undefined {
  return storage.getStore();
}
