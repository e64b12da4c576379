import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { describeIssues } from './describe-issues.ts';

const Plan = z.strictObject({ rate: z.number(), burst: z.number() });

/** The issues of a plan, and how often names were compared until the first was known. */
function issuesOf(plan: object) {
  let compared = 0;
  const { error } = Plan.safeParse(plan, { reportInput: true });
  const issues = describeIssues(error?.issues ?? [], {
    name: 'the plan',
    fieldsAt: () => {
      compared += 1;
      return ['rate', 'burst'];
    },
  });
  const first = issues.next().value;
  return { compared, issues: [first, ...issues] };
}

test('a missing field is not reported beside its own name misspelled, and any other is', () => {
  expect(issuesOf({ burts: 20 }).issues).toEqual([
    { path: ['rate'], message: 'is missing and must be a number' },
    { path: ['burts'], message: 'is not a field of the plan (did you mean "burst"?)' },
  ]);
});

test('of thousands of unknown names only the first are compared before the first issue is known', () => {
  const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`name${index}`, 1]));
  expect(issuesOf(unknown).compared).toBe(20);
});
