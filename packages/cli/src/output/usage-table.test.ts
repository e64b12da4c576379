import type { Usage } from '@org/admin';
import { limitKinds } from '@org/contract';
import { nothing } from '@org/lambda/ledger/amounts';
import { expect, test } from 'vitest';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { usageTable, usageTotal } from './usage-table.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const used = { ...nothing, requests: 31, tokens: 3400, usd: 0.0123 };
const limit = (max: number, spent: number) => ({
  ...{ limit: 'requests', period: 'day', scope: 'team', max, used: spent },
  ...{ remaining: Math.max(0, max - spent), resetsAt: '2026-11-23T00:00:00.000Z' },
});
const usage = (more: Partial<Usage>): Usage => ({
  ...{ team: 'acme', plan: 'starter', counted: true, used: { day: used, month: used }, limits: [] },
  ...more,
});

const lines = (...of: readonly Usage[]) => usageTable(of, recordingTerminal(), now).split('\n').slice(1);

test('a limit has a bar, how much of it is used, and when it resets', () => {
  expect(lines(usage({ limits: [limit(50, 31)] }))).toEqual([
    'acme  starter  requests/day  ████████████░░░░░░░░  62 %    31   50  12h',
  ]);
});

test('calls in flight have a bar beside the most that may be at once', () => {
  const callsAtOnce = { scope: 'team', max: 4, inFlight: 3 };
  expect(
    lines(usage({ limits: [limit(50, 31)], callsAtOnce }))[1]
      ?.trim()
      .split(/ {2,}/),
  ).toEqual([...['calls at once', '███████████████░░░░░', '75 %', '3', '4']]);
});

test('a limit that does not last at the pace so far says for how long it does', () => {
  const pace = { ...limit(50, 31), lastsUntil: '2026-11-22T19:21:00.000Z' };
  expect(lines(usage({ limits: [pace] }))).toEqual([
    'acme  starter  requests/day  ████████████░░░░░░░░  62 %    31   50  12h        7h 21m',
  ]);
});

test('a limit with a pace says how much of it may be used by now, in a column that only a pace needs', () => {
  const paced = usage({ limits: [{ ...limit(50, 31), allowedNow: 35 }] });
  expect(lines(paced)).toEqual([
    'acme  starter  requests/day  ████████████░░░░░░░░  62 %    31   50  12h        35',
  ]);
  const heads = (of: Usage) => usageTable([of], recordingTerminal(), now).split('\n')[0]?.split(/ {2,}/);
  expect(heads(paced)?.at(-1)).toBe('PACE ALLOWS');
  expect(heads(usage({ limits: [limit(50, 31)] }))?.at(-1)).toBe('RESETS IN');
});

test('the limits of a team come under its name, and a key under its team', () => {
  const key = usage({ key: 'intern', limits: [limit(10, 10)] });
  const text = lines(usage({ limits: [limit(50, 31), limit(0, 0)] }), key);
  expect(text.map((line) => line.slice(0, 8))).toEqual(['acme    ', '        ', '  intern']);
  expect(text[1]).toContain('100 %');
});

test('without limits the amount used is shown, and no bar', () => {
  const rows = lines(usage({})).map((line) => line.split(/ {2,}/));
  expect(rows).toEqual(
    expect.arrayContaining([
      ['acme', 'starter', 'requests/month', '31', 'no limit'],
      ['', 'tokens/month', '3,400', 'no limit'],
      ['', 'usd/month', '$0.0123', 'no limit'],
    ]),
  );
  expect(rows).toHaveLength(limitKinds.length);
});

test('a plan that counts nothing says so', () => {
  expect(lines(usage({ counted: false }))).toEqual(['acme  starter  not counted']);
});

test('a key that does not come after its team is named with it', () => {
  const key = usage({ key: 'intern', limits: [limit(10, 9)] });
  const table = usageTable([key], recordingTerminal(), now, { grouped: false });
  expect(table.split('\n')[1]).toMatch(/^acme, key intern {2}/);
});

test("the total is the teams' usage, which includes their keys' usage", () => {
  const key = usage({ key: 'intern' });
  expect(usageTotal([usage({}), key, usage({ team: 'other' }), usage({ team: 'uncounted', used: {} })])).toBe(
    'Used this month by these 3 teams: 62 requests, 6,800 tokens, $0.0246.',
  );
});
