import { limitKinds } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { committedAttribute, heldAttribute, heldAttributes } from './counters-item.ts';

const day = fc.integer({ min: 1, max: 31 }).map((number) => String(number).padStart(2, '0'));
const slot = fc.record({ day, duration: fc.constantFrom('short', 'long'), number: fc.nat(300) });
const kind = fc.constantFrom(...limitKinds);

test('attributes written as holds are read as holds, and no others are', () => {
  fc.assert(
    fc.property(slot, kind, fc.nat(), day, (held, kindOfHeld, amount, committedOn) => {
      const attribute = heldAttribute(kindOfHeld, held);
      const item = {
        pk: { S: 'team#acme' },
        expires: { N: '1' },
        [attribute]: { N: String(amount) },
        ...Object.fromEntries(
          limitKinds.flatMap((each) => [
            [committedAttribute(each, 'day', committedOn), { N: '7' }],
            [committedAttribute(each, 'month', committedOn), { N: '7' }],
          ]),
        ),
      };
      expect(heldAttributes(item)).toEqual([{ attribute, slot: held, kind: kindOfHeld, amount }]);
    }),
  );
});

test('a kind that only a newer deployment counts is read without a kind', () => {
  expect(heldAttributes({ d22h7x: { N: '5' } })).toMatchObject([{ kind: undefined, amount: 5 }]);
});
