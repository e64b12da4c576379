import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MemberName } from './keys.ts';
import { mayBeMarked, withMark, withoutMark } from './marks.ts';

const member: fc.Arbitrary<MemberName> = fc.record({
  kind: fc.constantFrom('person', 'customer', 'model'),
  team: fc.constant('acme'),
  id: fc.stringMatching(/^[\w.:-]{0,8}$/),
});

test('a member is marked as often as it was added and not removed, whichever others come and go', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(5)));
  const members = fc.array(member, { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(members, steps, (all, taken) => {
      const present: MemberName[] = [];
      let marks = '';
      for (const [adds, index] of taken) {
        const [one = { kind: 'person', team: 'acme', id: '' }] = all.slice(index);
        if (adds) {
          present.push(one);
          marks = withMark(marks, one);
        } else {
          const place = present.indexOf(one);
          if (place === -1) continue;
          present.splice(place, 1);
          marks = withoutMark(marks, one);
        }
        for (const each of present) expect(mayBeMarked(marks, each)).toBe(true);
      }
      expect(marks).toHaveLength(4 * present.length);
    }),
  );
});

test('of ten thousand others, hardly one is taken for a marked member, and the marks are 40 KB', () => {
  const people = (from: number) =>
    Array.from({ length: 10_000 }, (_, index): MemberName => {
      return { kind: 'customer', team: 'acme', id: `customer-${from + index}` };
    });
  const marks = people(0).reduce(withMark, '');
  expect(marks).toHaveLength(40_000);
  expect(people(10_000).filter((each) => mayBeMarked(marks, each)).length).toBeLessThan(60);
  expect(mayBeMarked(marks, { kind: 'person', team: 'acme', id: 'customer-1' })).toBe(false);
});
