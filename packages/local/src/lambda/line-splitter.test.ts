import { expect, test } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

function linesOf(...pieces: string[]): { lines: string[]; splitter: LineSplitter } {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const piece of pieces) splitter.write(piece);
  return { lines, splitter };
}

test('a line is reported when it is whole, however many pieces it comes in', () => {
  expect(linesOf('a', 'b\nc', 'd\r\n', '\n').lines).toEqual(['ab', 'cd', '']);
});

test('what has no end of line is reported when the string is over, once', () => {
  const { lines, splitter } = linesOf('a\nb');
  splitter.end();
  splitter.end();
  expect(lines).toEqual(['a', 'b']);
});
