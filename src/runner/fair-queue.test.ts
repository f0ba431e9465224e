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

describe('properties', () => {
  const client = fc.constantFrom('a', 'b', 'c', 'd');
  const operation = fc.oneof(
    fc.record({ type: fc.constant('add' as const), client }),
    fc.record({ type: fc.constant('take' as const), tokens: fc.nat(300) }),
    fc.record({ type: fc.constantFrom('leave' as const, 'put back' as const, 'give up' as const), at: fc.nat(9) }),
  );

  test('every item is waiting, running or gone, in order within its client, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        const queue = new FairQueue<string>(clientOf);
        const waiting = new Set<string>();
        const running: string[] = [];
        const setBack: string[] = [];
        let next = 100;
        for (const step of operations) {
          if (step.type === 'add') {
            const item = `${step.client}${next++}`;
            queue.add(item);
            waiting.add(item);
          } else if (step.type === 'take') {
            const seen = queue.peek();
            const item = queue.take();
            expect(item).toBe(seen);
            expect(item === undefined).toBe(waiting.size === 0);
            if (item === undefined) continue;
            expect(waiting.has(item)).toBe(true);
            // The set back first; otherwise the oldest of its client.
            if (setBack.length > 0) expect(item).toBe(setBack.shift());
            else expect([...waiting].find((other) => clientOf(other) === clientOf(item))).toBe(item);
            waiting.delete(item);
            running.push(item);
            queue.charge(item, step.tokens);
          } else if (step.type === 'give up') {
            const item = [...waiting][step.at];
            if (item === undefined) continue;
            queue.leave(item);
            waiting.delete(item);
            if (setBack.includes(item)) setBack.splice(setBack.indexOf(item), 1);
          } else {
            const [item] = running.splice(Math.min(step.at, running.length - 1), 1);
            if (item === undefined) continue;
            if (step.type === 'leave') queue.leave(item);
            else queue.putBack(item);
            if (step.type === 'put back') {
              waiting.add(item);
              setBack.unshift(item);
            }
          }
          expect(queue.size).toBe(waiting.size);
          expect([...queue.waiting()].toSorted()).toEqual([...waiting].toSorted());
        }
      }),
    );
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

  test('a client that comes alone is served after at most one item of each of the others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 3, maxLength: 60 }),
        fc.nat(40),
        (costs, before) => {
          const queue = new FairQueue<string>(clientOf);
          for (let index = 0; index < 100; index++) queue.add(`a${index}`);
          for (let index = 0; index < 100; index++) queue.add(`b${index}`);
          const serve = (at: number) => {
            const item = queue.take() ?? '';
            queue.charge(item, costs[at % costs.length] ?? 1);
            queue.leave(item);
            return item;
          };
          for (let at = 0; at < before; at++) serve(at);
          queue.add('z0');
          expect([serve(before), serve(before + 1), serve(before + 2)]).toContain('z0');
        },
      ),
    );
  });
});
