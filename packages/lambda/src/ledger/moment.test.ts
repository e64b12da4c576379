import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestCallMs } from '../environment.ts';
import { isLive, isOver, momentOf } from './moment.ts';

const at = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2100-01-01') });
const transfer = fc.constantFrom('buffered' as const, 'stream' as const);

test('whatever began within the time that a call can last is in a live slot', () => {
  fc.assert(
    fc.property(at, transfer, fc.double({ min: 0, max: 1, noNaN: true }), (now, kind, share) => {
      const [moment, began] = [momentOf(now), momentOf(now - share * longestCallMs[kind])];
      fc.pre(moment.month === began.month);
      expect(isLive({ transfer: kind, number: began.slots[kind] }, moment)).toBe(true);
    }),
  );
});

test('no live slot is over, and none that a late settlement may still come to', () => {
  fc.assert(
    fc.property(at, transfer, fc.nat({ max: 100_000 }), (now, kind, number) => {
      const moment = momentOf(now);
      const slot = { transfer: kind, number };
      expect(isLive(slot, moment) && isOver(slot, moment)).toBe(false);
      const late = momentOf(now - 2 * longestCallMs[kind]);
      fc.pre(moment.month === late.month);
      expect(isOver({ transfer: kind, number: late.slots[kind] }, moment)).toBe(false);
    }),
  );
});

test('no two slots of a month have one number', () => {
  fc.assert(
    fc.property(at, transfer, (now, kind) => {
      const later = now + 3 * longestCallMs[kind];
      fc.pre(momentOf(now).month === momentOf(later).month);
      expect(momentOf(later).slots[kind]).toBeGreaterThan(momentOf(now).slots[kind]);
    }),
  );
});
