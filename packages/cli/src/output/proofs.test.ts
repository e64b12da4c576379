import { expect, test } from 'vitest';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { proofLine, proofReport, proofSummary } from './proofs.ts';

const race = {
  name: 'race',
  statement: 'A limit holds',
  outcome: 'broken',
  what: 'let 21 | 20 through',
  requestIds: ['a', 'b', 'c', 'd', 'e', 'f'],
} as const;

test('a proof is a line: the result, the promise, and the observation', () => {
  expect(proofLine(race, recordingTerminal())).toBe('broken     A limit holds: let 21 | 20 through');
});

test('a report has a row for each promise, with request ids to look up', () => {
  const report = proofReport([race], { deployment: 'proxy-dev', at: Date.parse('2026-11-30T10:00:00Z') });
  expect(report).toContain('2026-11-30T10:00:00.000Z: 0 promises hold, 1 is broken, 0 were not shown.');
  expect(report).toContain('| A limit holds | broken | let 21 \\| 20 through | a b c d e |');
  expect(report).toContain(
    '| A key over its limit is refused until it resets | broken | race: let 21 \\| 20 through | a |',
  );
  expect(report).toContain('| The access log has lines, and no key | not shown |  |  |');
});

test('the summary counts one promise as one, and several as several', () => {
  const of = (...outcomes: ('holds' | 'broken' | 'not shown')[]) =>
    proofSummary(outcomes.map((outcome) => ({ ...race, outcome })));
  expect(of('holds', 'not shown')).toBe('1 promise holds, 0 are broken, 1 was not shown.');
  expect(of('holds', 'holds', 'broken', 'broken')).toBe('2 promises hold, 2 are broken, 0 were not shown.');
});
