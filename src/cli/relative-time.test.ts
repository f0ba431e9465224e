import { describe, expect, test } from 'vitest';
import { expiryTime, parseMomentMs, relativeTime } from './relative-time.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.UTC(2026, 7, 21, 12);

describe('relativeTime', () => {
  test.each([
    [0, 'Less than a second ago'],
    [second, '1 second ago'],
    [59 * second, '59 seconds ago'],
    [minute, 'About a minute ago'],
    [119 * second, 'About a minute ago'],
    [2 * minute, '2 minutes ago'],
    [59 * minute, '59 minutes ago'],
    [hour, 'About an hour ago'],
    [2 * hour, '2 hours ago'],
    [47 * hour, '47 hours ago'],
    [2 * day, '2 days ago'],
    [13 * day, '13 days ago'],
    [14 * day, '2 weeks ago'],
    [59 * day, '8 weeks ago'],
    [60 * day, '2 months ago'],
    [400 * day, '13 months ago'],
    [3 * 365 * day, '3 years ago'],
  ])('%d ms ago is "%s"', (ms, text) => {
    expect(relativeTime(now - ms, now)).toBe(text);
  });

  test('what is to come is from now', () => {
    expect(relativeTime(now + 4 * minute + 30 * second, now)).toBe('4 minutes from now');
  });

  test('a moment centuries away is for ever, and no moment is never', () => {
    expect(relativeTime(now + 290 * 365 * day, now)).toBe('Forever');
    expect(relativeTime(undefined, now)).toBe('Never');
    expect(relativeTime(parseMomentMs('0001-01-01T00:00:00Z'), now)).toBe('Never');
  });

  test('a model whose time is over is being stopped', () => {
    expect(expiryTime(now - 1, now)).toBe('Stopping...');
    expect(expiryTime(now + 2 * minute, now)).toBe('2 minutes from now');
  });

  test('dates are read with nanoseconds and offset; a text that is no date is none', () => {
    expect(parseMomentMs('2026-08-21T21:00:00.123456789+09:00')).toBe(now + 123);
    expect(parseMomentMs('soon')).toBeUndefined();
  });
});
