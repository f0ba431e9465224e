import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { TestTerminal } from '../terminal/test-terminal.ts';
import { openProgress } from './progress-view.ts';

function outputOf(columns: number | undefined, rows = 24) {
  const output = Object.assign(new PassThrough(), { isTTY: columns !== undefined, columns: columns ?? 0, rows });
  const terminal = new TestTerminal(columns ?? 80, rows);
  let written = '';
  output.on('data', (part: Buffer) => {
    written += part.toString();
    terminal.write(part.toString());
  });
  return { output, terminal, written: () => written };
}

const layer = (completedBytes: number) => ({ text: 'pulling abc', key: 'a', totalBytes: 1000, completedBytes });

describe('progress on a terminal', () => {
  test('is redrawn in place and stays when it is over', async () => {
    const { output, terminal } = outputOf(40);
    const view = await openProgress(output);
    view.show({ text: 'pulling manifest' });
    while (terminal.screen().length === 0) await sleep(5);
    expect(terminal.screen()[0]).toMatch(/^pulling manifest [⠋⠙⠹]$/);
    view.show(layer(10));
    while (terminal.screen().length < 2) await sleep(5);
    view.show(layer(1000));
    view.show({ text: 'success' });
    view.finish();
    view.finish();
    expect(terminal.screen()).toEqual(['pulling manifest', 'pulling abc: 100% ▕█████▏   1 KB', 'success']);
    expect([terminal.row, terminal.column]).toEqual([3, 0]);
  });

  test('is drawn at the end even when it was too short to be seen', async () => {
    const { output, terminal } = outputOf(40);
    const view = await openProgress(output);
    view.show({ text: 'success' });
    view.finish();
    expect(terminal.screen()).toEqual(['success']);
  });

  test('shows its last lines where the terminal is low', async () => {
    const { output, terminal } = outputOf(40, 4);
    const view = await openProgress(output);
    for (const text of ['one', 'two', 'three', 'four', 'five']) view.show({ text });
    view.finish();
    expect(terminal.screen()).toEqual(['three', 'four', 'five']);
  });

  test('writes nothing where there was nothing to show', async () => {
    const { output, written } = outputOf(40);
    (await openProgress(output)).finish();
    expect(written()).toBe('');
  });

  test('has the usual width where the terminal does not know its own', async () => {
    const { output, terminal } = outputOf(80);
    const view = await openProgress(Object.assign(output, { columns: 0, rows: 0 }));
    view.show({ text: 'x'.repeat(200) });
    view.finish();
    expect(terminal.screen()).toEqual([`${'x'.repeat(78)}…`]);
  });
});

test('elsewhere it is a line per status, and one per transfer', async () => {
  const { output, written } = outputOf(undefined);
  const view = await openProgress(output);
  const steps = [{ text: 'a' }, { text: 'a' }, layer(0), layer(10), { text: 'b\u0007' }, layer(20), { text: 'a' }];
  for (const step of steps) view.show(step);
  view.finish();
  expect(written()).toBe('a\npulling abc\nb\na\n');
});
