import { expect, test } from 'vitest';
import { changeInWords } from './change-in-words.ts';
import { keysAsCsv } from './keys-as-csv.ts';
import { limitsInWords } from './limits-in-words.ts';
import { limitsTyped } from './limits-typed.ts';
import { readyLines } from './ready-lines.ts';

const record = { at: '2026-11-03T13:03:00Z', by: 'mia', team: 'acme' };
const inWords = (change: object) =>
  changeInWords({ ...record, action: 'limits set', ...change }, 'UTC', 'en-GB');

test('limits are said in a fixed order, and none are none', () => {
  const limits = { callsAtOnce: 3, usd: { month: 5, day: null }, requests: { hour: 100 } };
  expect(limitsInWords(limits, 'en')).toBe('100 requests an hour, $5.00 a month, 3 calls at once');
  expect(limitsInWords(undefined)).toBe('none');
});

test('typed limits are numbers, and what is not typed is left as it is', () => {
  expect(limitsTyped({ 'usd/day': ' 2.5 ', 'tokens/month': '', callsAtOnce: '3' })).toEqual({
    usd: { day: 2.5 },
    callsAtOnce: 3,
  });
  expect(limitsTyped({})).toEqual({});
  for (const wrong of [
    { 'usd/day': 'much' },
    { 'usd/day': '-1' },
    { callsAtOnce: '0' },
    { callsAtOnce: '1.5' },
  ])
    expect(limitsTyped(wrong)).toBeUndefined();
});

test('of a change of limits, only those are said that are other than before', () => {
  const from = { limits: { usd: { day: 5, month: 60 }, callsAtOnce: 8 } };
  const to = { limits: { usd: { day: 9, month: 60 }, callsAtOnce: 8 }, until: '2026-11-06T00:00:00Z' };
  expect(inWords({ action: 'limits raise', key: 'ci', from, to })).toBe(
    'Raised limits of ci: US$5.00 a day → US$9.00 a day, until the end of 5 Nov 2026'.replaceAll('US$', '$'),
  );
});

test('a change that this page does not know is shown by its name', () => {
  expect(inWords({ action: 'keys polish', key: 'ci' })).toBe('keys polish ci');
  expect(inWords({ action: 'teams move', from: { plan: 'few' }, to: { plan: 'many' } })).toBe(
    'Moved the team: plan few → plan many',
  );
});

test('keys are a CSV file, whatever is in a name', () => {
  expect(keysAsCsv([{ team: 'a,b', name: 'say "hi"', value: 'v' }])).toBe(
    'team,key,value\r\n"a,b","say ""hi""",v',
  );
});

test('lines for a deployment without bearer tokens do not pretend that OpenAI’s clients work', () => {
  const use = { endpoint: 'https://x.example/dev', key: 'k'.repeat(40), model: 'nova-lite' };
  const openai = (bearer: boolean) =>
    readyLines({ ...use, bearer }).find(({ client }) => client === 'OpenAI SDK')?.code;
  expect(openai(true)).toContain(use.key);
  expect(openai(false)).not.toContain(use.key);
});
