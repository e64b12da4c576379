import { styleText } from 'node:util';
import { expect, test } from 'vitest';
import { renderTable } from './table.ts';

const columns = [{ head: 'team' }, { head: 'used', align: 'right' }] as const;

test('a table is columns under their heads, without borders or trailing spaces', () => {
  const rows = [
    ['acme', '1'],
    ['initech', '1000'],
  ];
  expect(renderTable(columns, rows)).toBe(['TEAM     USED', 'acme        1', 'initech  1000'].join('\n'));
});

test('a table without rows is its heads', () => {
  expect(renderTable(columns, [])).toBe('TEAM  USED');
});

test('a cell is one line, whatever is in it', () => {
  expect(renderTable(columns, [['acme\nroot\t', '1']]).split('\n')).toEqual([
    `TEAM${' '.repeat(18)}USED`,
    'acme\\u000aroot\\u0009     1',
  ]);
});

test('colours do not count for the width, and none are added', () => {
  const red = styleText('red', 'acme', { validateStream: false });
  const text = renderTable(columns, [
    [red, '1'],
    ['initech', '2'],
  ]);
  expect(text).toBe(['TEAM     USED', `${red}        1`, 'initech     2'].join('\n'));
});
