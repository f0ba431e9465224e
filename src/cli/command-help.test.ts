import { describe, expect, test } from 'vitest';
import { commandHelp, overviewHelp } from './command-help.ts';
import { commandTable } from './command-table.ts';

describe('help', () => {
  test('the overview names every command', () => {
    for (const { name, summary } of commandTable)
      expect(overviewHelp()).toMatch(new RegExp(`^  ${name} +${summary}`, 'm'));
  });

  test.each(commandTable.map((command) => [command.name, command] as const))(
    '%s teaches by example and names its environment',
    (_name, command) => {
      const text = commandHelp(command);
      expect(text).toContain(`Usage:\n  corral ${command.name}`);
      expect(text).toMatch(/Examples:\n(?: {2}.*\n)* {2}(?:OLLAMA_HOST=\S+ |cat \S+ \| )?corral /);
      expect(text).toMatch(/Environment:\n {2}OLLAMA_HOST/);
      expect(command.summary).toMatch(/^[A-Z].*[^.]$/);
      expect(command.examples.every(({ what }) => what !== '')).toBe(true);
      for (const { name, hidden } of command.flags) expect(text.includes(`--${name}`)).toBe(hidden !== true);
    },
  );

  test('every line fits a wide terminal', () => {
    for (const command of commandTable) {
      for (const line of commandHelp(command).split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    }
  });
});
