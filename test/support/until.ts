import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 15;

/**
 * Waits for something that sends no event (another process's children, /proc): asks again and again until there is a value that is
 * neither undefined nor false. Gives up after `limitMs`, which is there to name what was waited for, not to measure.
 */
export async function until<Value>(
  what: string,
  find: () => Value | Promise<Value>,
  limitMs = 30_000,
): Promise<Exclude<Value, undefined | false>> {
  const giveUpAt = Date.now() + limitMs;
  for (;;) {
    const value = await find();
    if (value !== undefined && value !== false) return value as Exclude<Value, undefined | false>;
    if (Date.now() > giveUpAt) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await delay(pollMs);
  }
}
