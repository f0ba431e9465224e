import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { workWithProgress } from './work-with-progress.ts';

async function collect<Report, Result>(events: AsyncGenerator<Report, Result>) {
  const reports: Report[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done === true) return { reports, result: next.value };
    reports.push(next.value);
  }
}

test('reports come in their order, the result last', async () => {
  const events = workWithProgress<number, string>(async (report) => {
    for (const step of [1, 2, 3]) {
      report(step);
      await delay(5);
    }
    return 'done';
  });
  expect(await collect(events)).toEqual({ reports: [1, 2, 3], result: 'done' });
});

test('of reports that nobody took in between only the newest is told', async () => {
  const events = workWithProgress<number, number>(async (report) => {
    for (let step = 1; step <= 1000; step++) report(step);
    return 7;
  });
  expect(await collect(events)).toEqual({ reports: [1000], result: 7 });
});

test('a failure comes after what was reported', async () => {
  const events = workWithProgress<number, never>(async (report) => {
    report(1);
    throw new Error('broken');
  });
  expect((await events.next()).value).toBe(1);
  await expect(events.next()).rejects.toThrow('broken');
});

test('who leaves early waits for the work to notice', async () => {
  let ended = false;
  const events = workWithProgress<number, void>(async (report) => {
    report(1);
    await delay(30);
    ended = true;
  });
  await events.next();
  await events.return();
  expect(ended).toBe(true);
});
