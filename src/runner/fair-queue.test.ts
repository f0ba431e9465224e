import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

/** `a1` is client a's item 1. */
const clientOf = (item: string) => item[0] ?? '';

/** Steps: `+a1` comes, `take` begins to run, `-a1` is over, `<a1` is set back, `a1=50` was charged 50 tokens. */
function play(steps: string): string {
  const queue = new FairQueue<string>(clientOf);
  const taken: string[] = [];
  for (const step of steps.split(' ')) {
    const [item = '', tokens] = step.replace(/^[+<-]/, '').split('=');
    if (step === 'take') taken.push(queue.take() ?? 'nobody');
    else if (step.startsWith('+')) queue.add(item);
    else if (step.startsWith('-')) queue.leave(item);
    else if (step.startsWith('<')) queue.putBack(item);
    else queue.charge(item, Number(tokens));
  }
  return taken.join(' ');
}

test.each<[string, string, string]>([
  ['an empty queue has nobody', 'take', 'nobody'],
  ['one client is served in order of arrival', '+a1 +a2 +a3 take take take', 'a1 a2 a3'],
  ['with equal service the one whose turn was longest ago is next', '+a1 +a2 +b1 take take take', 'a1 b1 a2'],
  ['then who came first', '+b1 +a1 take take', 'b1 a1'],
  ['least service is next', '+a1 +a2 take a1=100 +b1 +b2 a1=10 take b1=50 take take', 'a1 b1 a2 b2'],
  ['fifty requests delay another client by none', '+a1 +a2 +a3 +a4 take a1=9 +b1 -a1 take take', 'a1 b1 a2'],
  [
    'being idle saves nothing up: who comes late gets no more than half',
    '+a1 +a2 +a3 take a1=1000 -a1 take a2=1000 +b1 +b2 +b3 -a2 take b1=10 take take b2=10',
    'a1 a2 b1 a3 b2',
  ],
  [
    'a short absence forgives nothing while others wait',
    '+a1 +b1 +b2 +b3 take a1=100 -a1 +a2 take b1=30 take b2=30 take b3=50 take',
    'a1 b1 b2 b3 a2',
  ],
  ['where nobody waits all begin anew', '+a1 take a1=500 -a1 +a2 +b1 take take', 'a1 a2 b1'],
  [
    'who was set back goes first, the last to be set back before',
    '+a1 +b1 +c1 take take <b1 <a1 take take take',
    'a1 b1 a1 b1 c1',
  ],
  ['a waiting item that is given up is not served', '+a1 +a2 +a3 -a2 take take take', 'a1 a3 nobody'],
  ['one that was set back can be given up', '+a1 +b1 take <a1 -a1 take', 'a1 b1'],
  ['what is not known can be over', '-a1 +a2 take', 'a2'],
])('%s', (_name, steps, expected) => {
  expect(play(steps)).toBe(expected);
});

test('a client whose first item may not begin is passed by, and keeps its turn', () => {
  const queue = new FairQueue<string>(clientOf);
  for (const item of ['a1', 'a2', 'b1']) queue.add(item);
  const notA = (item: string) => clientOf(item) !== 'a';
  expect([queue.peek(notA), queue.take(notA), queue.peek(notA), queue.take(notA)]).toEqual([
    'b1',
    'b1',
    undefined,
    undefined,
  ]);
  expect(queue.take()).toBe('a1');
});

describe('properties', () => {
  const client = fc.constantFrom('a', 'b', 'c', 'd');
  const operation = fc.record({
    type: fc.constantFrom('add', 'take', 'put back', 'leave', 'give up'),
    client,
    tokens: fc.nat(300),
    at: fc.nat(9),
  });

  /** What must hold, said plainly: three lists. */
  class Model {
    readonly waiting: string[] = [];
    readonly setBack: string[] = [];
    readonly running: string[] = [];

    /** Whether the queue may serve `item` now. */
    allows(item: string | undefined): boolean {
      if (this.setBack.length > 0) return item === this.setBack[0];
      if (item === undefined) return this.waiting.length === 0;
      return this.waiting.find((other) => clientOf(other) === clientOf(item)) === item;
    }
  }

  const dropAt = (list: string[], at: number) => list.splice(at % Math.max(1, list.length), 1)[0];
  const drop = (list: string[], item: string) => void (list.includes(item) && list.splice(list.indexOf(item), 1));

  test('every item is waiting, running or gone, in order within its client, whatever happens', () => {
    const holds = fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
      const queue = new FairQueue<string>(clientOf);
      const model = new Model();
      for (const [index, step] of operations.entries()) {
        if (step.type === 'add') {
          queue.add(`${step.client}${index}`);
          model.waiting.push(`${step.client}${index}`);
        } else if (step.type === 'take') {
          const shown = queue.peek();
          const item = queue.take();
          if (item !== shown || !model.allows(item)) return false;
          if (item === undefined) continue;
          drop(model.setBack, item);
          drop(model.waiting, item);
          model.running.push(item);
          queue.charge(item, step.tokens);
        } else if (step.type === 'give up') {
          const item = dropAt(step.at % 2 === 0 ? model.waiting : model.setBack, step.at);
          if (item !== undefined) queue.leave(item);
        } else {
          const item = dropAt(model.running, step.at);
          if (item === undefined) continue;
          if (step.type === 'leave') {
            queue.leave(item);
          } else {
            queue.putBack(item);
            model.setBack.unshift(item);
          }
        }
        const all = [...model.waiting, ...model.setBack];
        const listed = [...queue.waiting()].toSorted().join(' ');
        if (queue.size !== all.length || listed !== all.toSorted().join(' ')) return false;
      }
      return true;
    });
    expect(fc.check(holds)).toMatchObject({ failed: false, counterexample: null });
  });

  test('clients that always have something waiting never differ by more than one item each', () => {
    const costs = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 40, maxLength: 200 });
    fc.assert(
      fc.property(costs, fc.integer({ min: 2, max: 6 }), (tokens, count) => {
        const clients = 'abcdef'.slice(0, count).split('');
        const queue = new FairQueue<string>(clientOf);
        const served = new Map(clients.map((name) => [name, 0]));
        for (const name of clients) for (let index = 0; index < tokens.length; index++) queue.add(`${name}${index}`);
        for (const cost of tokens) {
          const item = queue.take() ?? '';
          queue.charge(item, cost);
          queue.leave(item);
          served.set(clientOf(item), (served.get(clientOf(item)) ?? 0) + cost);
          // SFQ's bound (theorem 1): the largest item of each of the two.
          const counts = [...served.values()];
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2 * Math.max(...tokens));
        }
      }),
    );
  });

  test('whoever has had much is still served under a stream of clients that were never there before', () => {
    const queue = new FairQueue<string>((item) => item.split(' ')[0] ?? '');
    queue.add('first 0');
    queue.add('other 0');
    queue.add('other 1');
    queue.charge(queue.take() ?? '', 4000);
    queue.leave('first 0');
    queue.add('first 1');
    let passed = 0;
    for (let item = queue.take(); item !== 'first 1' && passed < 1000; item = queue.take(), passed++) {
      // There is always somebody new.
      queue.add(`new-${passed} 0`);
      queue.charge(item ?? '', 100);
      queue.leave(item ?? '');
    }
    // 512 tokens ahead, four clients at a time, 100 tokens each.
    expect(passed).toBeLessThan(30);
  });

  test('a client that comes alone waits for no more tokens than about one item of each of the others', () => {
    const costs = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(costs, fc.nat(40), (tokens, before) => {
        const queue = new FairQueue<string>(clientOf);
        for (let index = 0; index < 1000; index++) queue.add(`${index % 2 === 0 ? 'a' : 'b'}${index}`);
        let waitedTokens = 0;
        for (let at = 0; at < 1000; at++) {
          if (at === before) queue.add('z0');
          const item = queue.take() ?? '';
          if (item === 'z0') break;
          const cost = tokens[at % tokens.length] ?? 1;
          if (at >= before) waitedTokens += cost;
          queue.charge(item, cost);
          queue.leave(item);
        }
        // One item each, and what one of the others may lag behind its share.
        expect(waitedTokens).toBeLessThanOrEqual(3 * Math.max(...tokens));
      }),
    );
  });
});
