import { longestCallMs } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLive, isOver, momentOf, slotOf } from './moment.ts';

const at = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2100-01-01') });
const duration = fc.constantFrom('short' as const, 'long' as const);
const longest = { short: longestCallMs.whole, long: longestCallMs.stream };

test("every call that began within a call's longest time is in a live slot", () => {
  fc.assert(
    fc.property(at, duration, fc.double({ min: 0, max: 1, noNaN: true }), (now, kind, share) => {
      const [moment, began] = [momentOf(now), momentOf(now - share * longest[kind])];
      fc.pre(moment.month === began.month);
      expect(isLive(slotOf(began, kind), moment)).toBe(true);
    }),
  );
});

test('no live slot is over, and no slot that a late settlement may still change', () => {
  fc.assert(
    fc.property(
      at,
      duration,
      fc.integer({ min: 1, max: 28 }),
      fc.nat({ max: 288 }),
      (now, kind, day, number) => {
        const moment = momentOf(now);
        const slot = { day: String(day).padStart(2, '0'), duration: kind, number };
        expect(isLive(slot, moment) && isOver(slot, moment)).toBe(false);
        const late = momentOf(now - 2 * longest[kind]);
        fc.pre(moment.month === late.month);
        expect(isOver(slotOf(late, kind), moment)).toBe(false);
      },
    ),
  );
});

test('a call that is long over is in a slot that is over', () => {
  fc.assert(
    fc.property(at, duration, (now, kind) => {
      const [moment, began] = [momentOf(now), momentOf(now - 4 * longest[kind])];
      fc.pre(moment.month === began.month);
      expect([isLive(slotOf(began, kind), moment), isOver(slotOf(began, kind), moment)]).toEqual([
        false,
        true,
      ]);
    }),
  );
});

test('no two slots of a month are the same', () => {
  fc.assert(
    fc.property(at, duration, (now, kind) => {
      const later = momentOf(now + 3 * longest[kind]);
      fc.pre(momentOf(now).month === later.month);
      expect(slotOf(later, kind)).not.toEqual(slotOf(momentOf(now), kind));
    }),
  );
});
