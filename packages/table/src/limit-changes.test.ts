import { type Limits, limitKinds, limitPeriods } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitsInForce, type Raise } from './limit-changes.ts';

const at = Date.parse('2026-11-22T12:00:00Z');
const raise = (max: number | null, fromNow = 1): Raise => ({
  limit: 'usd',
  period: 'day',
  max,
  until: at / 1000 + fromNow,
});

test.each<[string, Limits | undefined, Limits | undefined, readonly Raise[], Limits | undefined]>([
  ['nothing changed', { usd: { day: 5 } }, undefined, [], { usd: { day: 5 } }],
  ['nothing counted', undefined, undefined, [raise(9, -1)], undefined],
  [
    'one limit changed',
    { usd: { day: 5, month: 9 } },
    { usd: { day: 7 } },
    [],
    { usd: { day: 7, month: 9 } },
  ],
  ['a limit taken away', { usd: { day: 5 } }, { usd: { day: null } }, [], { usd: { day: null } }],
  ['a limit where there was none', undefined, { requests: { day: 1 } }, [], { requests: { day: 1 } }],
  ['a raise', { usd: { day: 5 } }, undefined, [raise(9)], { usd: { day: 9 } }],
  ['a raise of a changed limit', { usd: { day: 5 } }, { usd: { day: 7 } }, [raise(9)], { usd: { day: 9 } }],
  ['a raise that is over', { usd: { day: 5 } }, undefined, [raise(9, 0)], { usd: { day: 5 } }],
  ['a raise below a limit that grew', { usd: { day: 10 } }, undefined, [raise(9)], { usd: { day: 10 } }],
  ['a raise to no limit', { usd: { day: 5 } }, undefined, [raise(null)], { usd: { day: null } }],
  [
    'a raise of calls at once',
    { callsAtOnce: 3 },
    undefined,
    [{ limit: 'callsAtOnce', max: 5, until: at / 1000 + 1 }],
    { callsAtOnce: 5 },
  ],
  ['a raise of no limit', { usd: { month: 5 } }, undefined, [raise(9)], { usd: { month: 5 } }],
])('%s', (_, base, limits, raises, expected) => {
  expect(limitsInForce(base, { limits, raises }, at)).toEqual(expected && expect.objectContaining(expected));
});

test('no raise lowers a limit, and no limit changes that is not named', () => {
  const maximum = fc.option(fc.nat(20), { nil: undefined });
  const anyLimits = fc.record(
    Object.fromEntries(
      limitKinds.map((kind) => [
        kind,
        fc.record(Object.fromEntries(limitPeriods.map((period) => [period, maximum]))),
      ]),
    ),
  );
  const anyRaise = fc.record({
    limit: fc.constantFrom(...limitKinds),
    period: fc.constantFrom(...limitPeriods),
    max: fc.option(fc.nat(20)),
    until: fc.constantFrom(at / 1000 - 1, at / 1000 + 1),
  });
  fc.assert(
    fc.property(anyLimits, anyLimits, fc.array(anyRaise), (base, limits, raises) => {
      const without = limitsInForce(base, { limits }, at);
      const inForce = limitsInForce(base, { limits, raises }, at);
      for (const kind of limitKinds) {
        for (const period of limitPeriods) {
          const before = without?.[kind]?.[period] ?? Number.POSITIVE_INFINITY;
          const after = inForce?.[kind]?.[period] ?? Number.POSITIVE_INFINITY;
          const raised = raises.some((each) => each.limit === kind && each.period === period);
          if (raised) expect(after).toBeGreaterThanOrEqual(before);
          else expect(after).toBe(before);
          if (limits[kind]?.[period] === undefined) {
            expect(without?.[kind]?.[period]).toBe(base[kind]?.[period]);
          }
        }
      }
    }),
  );
});
