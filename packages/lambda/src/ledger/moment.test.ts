import fc from 'fast-check';
import { expect, test } from 'vitest';
import { longestCallMs } from '../environment.ts';
import { momentOf } from './moment.ts';

const at = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2100-01-01') });
const transfer = fc.constantFrom('buffered' as const, 'stream' as const);

test('whatever began within the time that a call can last is in a live slot', () => {
  fc.assert(
    fc.property(at, transfer, fc.double({ min: 0, max: 1, noNaN: true }), (now, kind, share) => {
      const began = now - share * longestCallMs[kind];
      expect(momentOf(now).slots.live).toContain(momentOf(began).slots.current[kind]);
    }),
  );
});

test('no live slot is cleared, and none that a late settlement may still come to', () => {
  fc.assert(
    fc.property(at, transfer, (now, kind) => {
      const { live, stale } = momentOf(now).slots;
      const settledLate = momentOf(now - 2 * longestCallMs[kind]).slots.current[kind];
      expect(stale.filter((slot) => [...live, settledLate].includes(slot))).toEqual([]);
    }),
  );
});
