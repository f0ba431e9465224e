import { describe, expect, it } from 'vitest';
import { hasVisibleText, timeToFirstText } from './first-text.ts';

const node = (script: string) =>
  timeToFirstText([process.execPath, '-e', script], process.env, new AbortController().signal);

it.each([
  ['a word', 'Blue', true],
  ['nothing', '', false],
  ['white space', ' \r\n\t', false],
  ['cursor movements and colours', '\u001B[?25l\u001B[2K\u001B[1G\u001B[31m', false],
  ['a word among them', '\u001B[?25l\u001B[31mB', true],
])('tells whether a reader sees something: %s', (_, output, visible) => {
  expect(hasVisibleText(output)).toBe(visible);
});

describe('timeToFirstText', () => {
  it('ends a command that goes on for ever once it has shown something', async () => {
    expect(await node('console.log("\\n x"); setInterval(() => {}, 1000)')).toBeGreaterThan(0);
  });

  it('throws with the last words of a command that shows nothing', async () => {
    await expect(node('console.error("no model"); process.exit(3)')).rejects.toThrow(/code 3 and no text: no model/);
  });
});
