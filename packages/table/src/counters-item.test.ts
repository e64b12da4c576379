import { limitKinds, limitPeriods } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  committedAttribute,
  heldAttribute,
  reportedAttribute,
  shardsAttribute,
  type WindowName,
  windowAttributes,
} from './counters-item.ts';

const number = { day: 31, week: 31, hour: 800, minute: 47_000 };
const shorter = fc.constantFrom(...limitPeriods.filter((period) => period !== 'month'));
const window = shorter.chain(
  (period): fc.Arbitrary<WindowName> =>
    fc.record({
      period: fc.constant(period),
      number: fc.integer({ min: period === 'hour' || period === 'minute' ? 0 : 1, max: number[period] }),
    }),
);
const slot = fc.record({ window, duration: fc.constantFrom('short', 'long'), number: fc.nat(2000) });
const kind = fc.constantFrom(...limitKinds);

const itemOf = (attribute: string, amount: number) => ({
  pk: { S: 'team#acme' },
  expires: { N: '1' },
  ...Object.fromEntries(
    limitKinds.map((each) => [committedAttribute(each, { period: 'month', number: 0 }), { N: '7' }]),
  ),
  [attribute]: { N: String(amount) },
});

test('attributes written as holds are read as holds of their slot', () => {
  fc.assert(
    fc.property(slot, kind, fc.nat(), (held, kindOfHeld, amount) => {
      const attribute = heldAttribute(kindOfHeld, held);
      expect(windowAttributes(itemOf(attribute, amount))).toEqual([
        { attribute, window: held.window, slot: held, kind: kindOfHeld, amount },
      ]);
    }),
  );
});

test('attributes written as counters of a window are read as such', () => {
  fc.assert(
    fc.property(window, kind, fc.nat(), (written, kindOfCounter, amount) => {
      const attribute = committedAttribute(kindOfCounter, written);
      expect(windowAttributes(itemOf(attribute, amount))).toEqual([
        { attribute, window: written, slot: undefined, kind: kindOfCounter, amount },
      ]);
    }),
  );
});

test('no two counters have the same attribute', () => {
  const counter = fc.tuple(fc.oneof(window, slot), kind);
  const attributeOf = ([place, each]: [
    typeof window | typeof slot extends fc.Arbitrary<infer Value> ? Value : never,
    (typeof limitKinds)[number],
  ]) => ('window' in place ? heldAttribute(each, place) : committedAttribute(each, place));
  fc.assert(
    fc.property(counter, counter, (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other));
      expect(attributeOf(one)).not.toBe(attributeOf(other));
    }),
  );
});

test('what is known of shards and reports is not read as a counter', () => {
  fc.assert(
    fc.property(window, kind, fc.nat(), (reported, each, amount) => {
      expect(
        windowAttributes({
          [shardsAttribute]: { N: '4' },
          [reportedAttribute(each, reported)]: { N: String(amount) },
        }),
      ).toEqual([]);
    }),
  );
});

test('a kind that only a newer deployment counts is read without a kind', () => {
  expect(windowAttributes({ d22h7x: { N: '5' } })).toMatchObject([{ kind: undefined, amount: 5 }]);
});
