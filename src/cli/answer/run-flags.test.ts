import { expect, test } from 'vitest';
import { readRunFlags } from './run-flags.ts';
import { timingReport } from './timing-report.ts';

test('flags that were not given leave everything to the server', () => {
  expect(readRunFlags({})).toMatchObject({
    keepAlive: undefined,
    format: undefined,
    think: undefined,
    verbose: false,
    wordWrap: true,
  });
});

test('a format is json or a schema', () => {
  expect(readRunFlags({ format: 'json' }).format).toBe('json');
  expect(readRunFlags({ format: '{"type":"object"}' }).format).toEqual({ type: 'object' });
});

test.each([
  [{ keepalive: '5' }, 'invalid duration "5"'],
  [{ think: 'hard' }, 'invalid value for --think: "hard" (must be true, false, high, medium, low, or max)'],
  [{ format: 'xml' }, 'neither "json" nor a JSON schema'],
  [{ dimensions: '-3' }, 'invalid value "-3" for --dimensions'],
])('%j is refused', (flags, message) => {
  expect(() => readRunFlags(flags)).toThrow(message);
});

test('timings stand in one column; what the server did not measure has no line', () => {
  const last = {
    total_duration: 1_683_273_600,
    prompt_eval_count: 13,
    prompt_eval_duration: 239_186_000,
    eval_count: 8,
    eval_duration: 69_292_000,
  };
  expect(timingReport(last)).toBe(
    [
      'total duration:       1.6832736s',
      'prompt eval count:    13 token(s)',
      'prompt eval duration: 239.186ms',
      'prompt eval rate:     54.35 tokens/s',
      'eval count:           8 token(s)',
      'eval duration:        69.292ms',
      'eval rate:            115.45 tokens/s',
      '',
    ].join('\n'),
  );
});
