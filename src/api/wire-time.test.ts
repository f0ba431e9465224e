import { describe, expect, it } from 'vitest';
import { createTimestamps, localTimestamp } from './wire-time.ts';

describe('createTimestamps', () => {
  it('adds the steady clock’s nanoseconds, without zeros at the end', () => {
    let steadyMs = 100;
    const timestamp = createTimestamps({ wallMs: () => Date.UTC(2026, 0, 2, 3, 4, 5, 670), steadyMs: () => steadyMs });
    expect(timestamp()).toBe('2026-01-02T03:04:05.67Z');
    steadyMs += 0.25;
    expect(timestamp()).toBe('2026-01-02T03:04:05.67025Z');
  });

  it('follows a wall clock that was set', () => {
    let wallMs = Date.UTC(2026, 0, 1);
    const timestamp = createTimestamps({ wallMs: () => wallMs, steadyMs: () => 0 });
    expect(timestamp()).toBe('2026-01-01T00:00:00Z');
    wallMs += 3_600_000;
    expect(timestamp()).toBe('2026-01-01T01:00:00Z');
  });

  it('never goes back while the clocks agree', () => {
    const timestamp = createTimestamps();
    const times = Array.from({ length: 1000 }, () => timestamp().slice(0, -1).padEnd(29, '0'));
    expect(times).toEqual(times.toSorted());
  });
});

describe('localTimestamp', () => {
  it('names the same moment with the machine’s offset', () => {
    const date = new Date(1_790_000_000_123);
    expect(new Date(localTimestamp(date)).getTime()).toBe(date.getTime());
    expect(localTimestamp(date)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.123(?:Z|[+-]\d\d:\d\d)$/);
  });
});
