import { expect, it } from 'vitest';
import { pingWhileSilent } from './ping-while-silent.ts';

const ping = 'ping';

async function take(frames: AsyncIterable<string>, most: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const frame of frames) {
    taken.push(frame);
    if (taken.length === most) break;
  }
  return taken;
}

it('passes on what comes in time', async () => {
  async function* frames() {
    yield 'a';
    yield 'b';
  }
  expect(await take(pingWhileSilent(frames(), ping, 60_000), 9)).toEqual(['a', 'b']);
});

it('pings for as long as nothing comes, and loses nothing', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* frames() {
    await held;
    yield 'a';
  }
  const pinging = pingWhileSilent(frames(), ping, 1);
  expect((await pinging.next()).value).toBe(ping);
  expect((await pinging.next()).value).toBe(ping);
  release();
  const rest = await take(pinging, 1_000);
  expect(rest.filter((frame) => frame !== ping)).toEqual(['a']);
});

it('throws what the frames throw', async () => {
  async function* frames() {
    yield 'a';
    throw new Error('broken');
  }
  await expect(take(pingWhileSilent(frames(), ping, 60_000), 9)).rejects.toThrow('broken');
});

it('ends the frames where the reader does', async () => {
  let ended = false;
  async function* frames() {
    try {
      for (;;) yield 'a';
    } finally {
      ended = true;
    }
  }
  await take(pingWhileSilent(frames(), ping, 60_000), 2);
  expect(ended).toBe(true);
});
