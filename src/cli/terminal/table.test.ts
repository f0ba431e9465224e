import { expect, test } from 'vitest';
import { formatTable } from './table.ts';

test('columns align by the cells that wide characters take', () => {
  expect(
    formatTable([
      ['NAME', 'SIZE'],
      ['한국어', '1 GB'],
      ['abc', '2 GB'],
    ]),
  ).toBe('NAME      SIZE\n한국어    1 GB\nabc       2 GB\n');
});

test('a table without rows is its heading, and nothing pads the end of a line', () => {
  expect(formatTable([['NAME', 'ID']])).toBe('NAME    ID\n');
  expect(
    formatTable(
      [
        ['a', ''],
        ['b', 'c'],
      ],
      2,
    ),
  ).toBe('  a\n  b    c\n');
});
