import { describe, expect, test } from 'vitest';
import { createProgressLines } from './progress-lines.ts';
import type { ProgressStep } from './progress-view.ts';

/** What 80 columns show after these steps, one each second. */
function drawn(steps: readonly ProgressStep[], sign = '*', columns = 80): readonly string[] {
  const lines = createProgressLines();
  for (const [second, step] of steps.entries()) lines.show(step, second * 1000);
  return lines.draw(columns, sign, Math.max(0, steps.length - 1) * 1000);
}

const layer = (completedBytes: number, key = 'a'): ProgressStep => ({
  text: 'pulling abc',
  key,
  totalBytes: 1000,
  completedBytes,
});

describe('progress lines', () => {
  test('a status has the sign while it is the last line', () => {
    expect(drawn([{ text: 'one' }])).toEqual(['one *']);
    expect(drawn([{ text: 'one' }, { text: 'two' }])).toEqual(['one', 'two *']);
    expect(drawn([{ text: 'one' }], '')).toEqual(['one']);
  });

  test('the same status again is no news, after another one it is', () => {
    expect(drawn([{ text: 'one' }, { text: 'one' }, { text: 'two' }, { text: 'one' }])).toEqual([
      'one',
      'two',
      'one *',
    ]);
  });

  test('a transfer is one line, whatever comes between its steps', () => {
    const lines = drawn([layer(0), layer(200, 'b'), { text: 'waiting' }, layer(900)]);
    expect(lines.map((line) => line.slice(0, 17).trim())).toEqual([
      'pulling abc:  90%',
      'pulling abc:  20%',
      'waiting *',
    ]);
  });

  test('its rate is that of the last seconds', () => {
    const steps = [layer(0), layer(10), ...Array.from({ length: 30 }, (_, index) => layer(10 + index * 10))];
    expect(drawn(steps)[0]).toMatch(/ 10 B\/s +1m10s$/);
  });

  test('there is no rate at first, and none any more when it is over or ended', () => {
    expect(drawn([layer(10)])[0]).toMatch(/ 10 B\/ {2}1 KB$/);
    expect(drawn([layer(10), layer(20), layer(1000)])[0]).toMatch(/▏ {3}1 KB$/);
    expect(drawn([layer(10), layer(20), layer(30)], '')[0]).toMatch(/ 30 B\/ {2}1 KB$/);
  });

  test('more bytes than there are count as all', () => {
    expect(drawn([layer(2000)])[0]).toContain('100%');
  });

  test('what a server says can neither steer the terminal nor break the line', () => {
    expect(drawn([{ text: 'a\u001b[2Jb\nc\td' }], '')).toEqual(['a[2Jb c d']);
    expect(drawn([{ text: '가나다라마바사' }], '*', 10)).toEqual(['가나다… *']);
  });

  test('there are not more lines than anyone could read', () => {
    const lines = drawn(Array.from({ length: 1000 }, (_, index) => ({ text: `step ${index}` })));
    expect(lines).toHaveLength(200);
    expect(lines.at(-1)).toBe('step 999 *');
  });
});
