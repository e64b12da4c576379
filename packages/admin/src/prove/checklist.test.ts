import { expect, test } from 'vitest';
import { checklist, checkOff } from './checklist.ts';
import type { ProofResult } from './proof.ts';
import { proofNames } from './prove.ts';

const result = (name: string, outcome: ProofResult['outcome']): ProofResult => ({
  ...{ name, outcome, statement: name, what: '' },
  requestIds: [],
});
const outcomeOf = (statement: RegExp, results: readonly ProofResult[]) =>
  checkOff(results).find((item) => statement.test(item.statement));

test('every item of the checklist is shown by proofs that exist', () => {
  expect([...new Set(checklist.flatMap(({ proofs }) => proofs))].filter((name) => !all.has(name))).toEqual(
    [],
  );
});
const all = new Set(['new-key', ...proofNames]);

test('an item holds if all its proofs do, is broken by one, and is not shown if one was not tried', () => {
  const race = result('race', 'holds');
  const spent = result('spent', 'holds');
  const item = /over its limit/;
  expect(outcomeOf(item, [race, spent])).toMatchObject({ outcome: 'holds', because: [race, spent] });
  expect(outcomeOf(item, [race])).toMatchObject({ outcome: 'not shown', because: [] });
  const broken = result('spent', 'broken');
  expect(outcomeOf(item, [race, broken])).toMatchObject({ outcome: 'broken', because: [broken] });
});
