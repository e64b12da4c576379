import { type LimitKind, type LimitPeriod, type Limits, limitPeriods, type PacedPeriod } from '@org/contract';
import fc from 'fast-check';
import { type Amounts, unitOf } from '../../ledger/amounts.ts';
import { fault } from './faulty-network.ts';

/** The faults of one piece of work's requests, one each, in this order. */
const faults = fc.array(fault, { minLength: 4, maxLength: 4 });

const amount = fc.oneof(
  { weight: 60, arbitrary: fc.nat(20) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1_000_000, 1_000_000_000) },
);
const amounts: fc.Arbitrary<Amounts> = fc
  .tuple(amount, amount)
  .map(([tokens, usd]) => ({ requests: 1, tokens, usd }));

const max = (unit: number, most: number) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 40, max: 1000 }).map((many) => many / unit) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }).map((many) => many / unit) },
    { weight: 2, arbitrary: fc.constantFrom(null, 0.1 / unit, 2.4 / unit, most) },
    { weight: 1, arbitrary: fc.constant(0) },
  );
const period = (amount: fc.Arbitrary<number | null>) => {
  const seldom = fc.option(amount, { nil: undefined, freq: 1 });
  return fc.record(
    {
      minute: seldom,
      hour: seldom,
      day: amount,
      week: seldom,
      month: amount,
    } satisfies Record<LimitPeriod, unknown>,
    { requiredKeys: [] },
  );
};
/** Mostly room for a few calls at the beginning of a period. */
const paces = (unit: number, most: number) => {
  const pace = fc.option(
    fc.nat(most).map((many) => ({ burst: many / unit })),
    { nil: undefined, freq: 3 },
  );
  return fc.record({ hour: pace, day: pace, week: pace, month: pace } satisfies Record<PacedPeriod, unknown>);
};
const whole = (amount: fc.Arbitrary<number | null>) => amount.map((many) => many && Math.ceil(many));
const limits: fc.Arbitrary<Limits> = fc.record(
  {
    requests: period(whole(max(20, 1e12))),
    tokens: period(whole(max(1, 1e12))),
    usd: period(max(unitOf.usd, 1e9)),
    callsAtOnce: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 1 }),
    pace: fc.record({
      requests: paces(1, 6),
      tokens: paces(1, 60),
      usd: paces(unitOf.usd, 60),
    } satisfies Record<LimitKind, unknown>),
  },
  { requiredKeys: [] },
);

/** Of a plan. */
const shards = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(2, 3, 4) },
);

/** The only model of a scenario. */
export const model = 'nova-lite';

/** Limits within a team; mostly none, because each scope costs the test as much as it costs a call. */
const memberLimits = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      { limitsPerPerson: limits, limitsPerCustomer: limits, limitsPerModel: fc.record({ [model]: limits }) },
      { requiredKeys: [] },
    ),
  },
);

const end = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('settled' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('settled' as const), share: fc.constantFrom(1, 1.1, 3) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refunded' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('dead' as const) }) },
);

const call = fc.record({
  key: fc.nat(2),
  /** Which of the key's values, before and after it was rotated. */
  value: fc.nat(3),
  process: fc.nat(1),
  person: fc.constantFrom(undefined, 'ann', 'bob'),
  customer: fc.constantFrom(undefined, 'shop', 'bank'),
  worstCase: amounts,
  duration: fc.constantFrom('short' as const, 'long' as const),
  end,
  /** How many steps later it ends, if it may last so long. */
  lasts: fc.nat(4),
  /** Requests reach the function out of order, and hosts differ. */
  skewMs: fc.integer({ min: -1500, max: 1500 }),
  faults: fc.record({ lookup: faults, hold: faults, settle: faults }),
});
export type Call = typeof call extends fc.Arbitrary<infer Value> ? Value : never;

const hour = 3_600_000;
const step = fc.record({
  /** Milliseconds before it, or until a window ends. */
  pause: fc.oneof(
    { weight: 8, arbitrary: fc.nat(15_000) },
    { weight: 3, arbitrary: fc.nat(hour) },
    { weight: 3, arbitrary: fc.constantFrom(...limitPeriods) },
    { weight: 2, arbitrary: fc.nat(36 * hour) },
    { weight: 1, arbitrary: fc.nat(40 * 24 * hour) },
  ),
  /** An operator's action. */
  change: fc.oneof(
    { weight: 8, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('move' as const), key: fc.nat(2), team: fc.nat(1) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rotate' as const), key: fc.nat(2) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('deploy' as const), plan: fc.nat(1), limits, shards }),
    },
  ),
  /** Made at once. */
  calls: fc.array(call, { minLength: 1, maxLength: 5, size: 'max' }),
});

export const scenario = fc.record({
  timeZone: fc.constantFrom(
    ...[
      'UTC',
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'America/Santiago',
      'Africa/Cairo',
    ],
  ),
  /**
   * Local times: just before a month, a year, a 28th and a 29th of February end, a day in between, and before clocks
   * change in Berlin, New York, Santiago and Cairo.
   */
  begins: fc.constantFrom(
    ...[
      '2026-11-30T23:58',
      '2027-12-31T23:50',
      '2027-02-28T23:40',
      '2028-02-28T23:55',
      '2028-02-29T23:59',
      '2026-11-11T11:11',
      '2027-03-28T01:50',
      '2026-10-25T02:50',
      '2026-10-31T23:59',
      '2026-11-01T01:30',
      '2027-04-03T23:30',
      '2026-10-29T23:45',
    ],
  ),
  plans: fc.tuple(fc.record({ limits, shards }), fc.record({ limits, shards })),
  /** Of the plans. */
  members: fc.tuple(memberLimits, memberLimits),
  /** Each key's own limits. */
  own: fc.tuple(fc.constant(undefined), fc.constant(undefined), limits),
  faulty: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 12, size: 'max' }),
});
export type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;
