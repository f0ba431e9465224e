/**
 * Work that waits, and who is next. Pure.
 *
 * Start-time fair queueing (Goyal, Vin, Cheng 1996) with tokens for bytes, as in the virtual token counter of Sheng et al. ("Fairness in
 * Serving Large Language Models", OSDI 2024): each client has a counter of the tokens that were computed for it; of the clients that wait
 * the one with the lowest is next, and within a client the item that came first. Tokens are charged when they are computed, since nobody
 * knows the length of an answer before. A prompt's token counts as much as a generated one: on a CPU they take about as long (3.2 and 2.3
 * to 3.6 ms for SmolLM2-135M).
 *
 * Nobody saves up credit: who had nothing waiting begins no lower than the floor, which is at least the lowest counter of those that wait;
 * where nobody waits all begin anew. But while others wait, going away for a moment does not make up for what was used: a counter above
 * the floor stays, within a bound.
 *
 * The floor rises by each token's share per active client, as the virtual time of weighted fair queueing does. With the start tag alone
 * it would stand still under a stream of ever new clients, and whoever is above it would starve (the simulation showed it).
 */
/**
 * How far ahead of the floor a client may begin that had nothing waiting. Without a bound somebody whose long document was answered early
 * waits with the next question for minutes (simulated at a load of 0.95: 800 s, with this 300 s), which is fair and of use to nobody.
 */
const mostDebtTokens = 512;

interface Client<Item> {
  /** With their numbers of arrival. */
  readonly waiting: { readonly item: Item; readonly arrival: number }[];
  /** Items that run, and those set back. */
  begun: number;
  service: number;
  /** Number of its last item among all that were taken; 0 = none yet. */
  lastTaken: number;
}

export class FairQueue<Item> {
  readonly #clientOf: (item: Item) => string;
  readonly #clients = new Map<string, Client<Item>>();
  readonly #running = new Set<Item>();
  /** Were running and could not go on: before everybody else, the last to be put back first. */
  readonly #setBack: Item[] = [];
  /** Tokens. Where a client begins that is not known. Never falls. */
  #floor = 0;
  /** Clients that have something waiting or begun. */
  #active = 0;
  #arrivals = 0;
  #taken = 0;
  #waitingItems = 0;

  constructor(clientOf: (item: Item) => string) {
    this.#clientOf = clientOf;
  }

  /** Items that wait. */
  get size(): number {
    return this.#waitingItems + this.#setBack.length;
  }

  add(item: Item): void {
    this.#raiseFloor();
    const key = this.#clientOf(item);
    const client = this.#clients.get(key) ?? { waiting: [], begun: 0, service: this.#floor, lastTaken: 0 };
    if (client.waiting.length === 0) {
      client.service = Math.min(Math.max(client.service, this.#floor), this.#floor + mostDebtTokens);
      if (client.begun === 0) this.#active++;
    }
    client.waiting.push({ item, arrival: this.#arrivals++ });
    this.#waitingItems++;
    this.#clients.set(key, client);
  }

  /** Who is next. It waits until `take`. Clients whose first item may not begin are passed by; what was set back is not asked. */
  peek(mayBegin: (item: Item) => boolean = () => true): Item | undefined {
    return this.#setBack[0] ?? this.#next(mayBegin)?.waiting[0]?.item;
  }

  /** What `peek` shows, asked in the same way, begins to run. */
  take(mayBegin: (item: Item) => boolean = () => true): Item | undefined {
    const item = this.#setBack.shift() ?? this.#takeFrom(this.#next(mayBegin));
    if (item !== undefined) this.#running.add(item);
    return item;
  }

  /** A running item can't go on. It waits again, and is next. */
  putBack(item: Item): void {
    if (this.#running.delete(item)) this.#setBack.unshift(item);
  }

  /** An item is over, whether it runs or waits. One that is not known changes nothing. */
  leave(item: Item): void {
    const key = this.#clientOf(item);
    const client = this.#clients.get(key);
    if (client === undefined || client.waiting.length + client.begun === 0) return;
    if (this.#running.delete(item) || remove(this.#setBack, (other) => other === item)) client.begun--;
    else if (remove(client.waiting, (other) => other.item === item)) this.#waitingItems--;
    if (client.waiting.length + client.begun === 0) this.#active--;
    this.#forget(key);
  }

  /** So many tokens were computed for a running item. */
  charge(item: Item, tokens: number): void {
    const client = this.#clients.get(this.#clientOf(item));
    if (client === undefined) return;
    client.service += tokens;
    this.#floor += tokens / this.#active;
  }

  /** All that wait, in no special order. */
  *waiting(): Generator<Item, void, undefined> {
    yield* this.#setBack;
    for (const { waiting } of this.#clients.values()) for (const { item } of waiting) yield item;
  }

  #takeFrom(client: Client<Item> | undefined): Item | undefined {
    const first = client?.waiting.shift();
    if (client === undefined || first === undefined) return undefined;
    this.#waitingItems--;
    client.begun++;
    client.lastTaken = ++this.#taken;
    return first.item;
  }

  /** Equal counters, as of one that has just come: whose turn was longest ago, then who came first. */
  #next(mayBegin: (item: Item) => boolean = () => true): Client<Item> | undefined {
    let best: Client<Item> | undefined;
    for (const client of this.#clients.values()) {
      const [first] = client.waiting;
      if (first === undefined || (best !== undefined && !isBefore(client, best))) continue;
      if (mayBegin(first.item)) best = client;
    }
    return best;
  }

  #raiseFloor(): void {
    const lowest = this.#next()?.service;
    if (lowest !== undefined) {
      this.#floor = Math.max(this.#floor, lowest);
      return;
    }
    for (const { service } of this.#clients.values()) this.#floor = Math.max(this.#floor, service);
    for (const [key, client] of this.#clients) {
      client.service = this.#floor;
      this.#forget(key);
    }
  }

  /** A client without items and debts is as good as one that was never there. */
  #forget(key: string): void {
    const client = this.#clients.get(key);
    if (client === undefined || client.waiting.length > 0 || client.begun > 0) return;
    if (client.service <= this.#floor) this.#clients.delete(key);
  }
}

function isBefore<Item>(one: Client<Item>, other: Client<Item>): boolean {
  if (one.service !== other.service) return one.service < other.service;
  if (one.lastTaken !== other.lastTaken) return one.lastTaken < other.lastTaken;
  return (one.waiting[0]?.arrival ?? 0) < (other.waiting[0]?.arrival ?? 0);
}

/** Whether there was one. */
function remove<Value>(list: Value[], matches: (value: Value) => boolean): boolean {
  const at = list.findIndex(matches);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}
