import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Access, AccessItem, accessAttributes, attributeValues } from './item.ts';

const access: fc.Arbitrary<Access> = fc.record(
  {
    team: fc.string(),
    plan: fc.string(),
    limits: fc.record({ requests: fc.record({ day: fc.nat(), month: fc.constant(null) }) }),
    countedAs: fc.stringMatching(/^[a-z0-9]{10}$/),
    until: fc.nat(),
    name: fc.string(),
    owner: fc.string(),
    note: fc.string(),
    createdAt: fc.string(),
  },
  { requiredKeys: ['team'] },
);

test("a key's access item is read as it was written", () => {
  fc.assert(
    fc.property(access, (written) => {
      expect(AccessItem.parse(attributeValues(accessAttributes(written)))).toEqual(written);
    }),
  );
});
