import * as z from 'zod/mini';
import type { Fields } from './fields.ts';
import type { LimitKind, LimitPeriod, Limits, PacedPeriod } from './limits.ts';

/** Far from where counters, which count micro-USD, would be inexact (2^53). */
const most = { whole: 1_000_000_000_000, usd: 1_000_000_000 };
// Written out: to format them loads the tables of languages, which takes a cold start ten milliseconds.
const tooMany = 'must be at most 1,000,000,000,000; for no limit, write null or leave it out';
const tooMuch = 'must be at most 1,000,000,000; for no limit, write null or leave it out';

const whole = z
  .int({ error: tooMany, abort: true })
  .check(z.minimum(0, 'must be 0 or more'), z.maximum(most.whole, tooMany));
const money = z.number().check(z.minimum(0, 'must be 0 or more'), z.maximum(most.usd, tooMuch));
const byPeriod = <Schema extends z.ZodMiniType<number>>(amount: Schema) => {
  const max = z.optional(z.nullable(amount));
  return z.optional(
    z.strictObject({
      minute: max,
      hour: max,
      day: max,
      week: max,
      month: max,
    } satisfies Record<LimitPeriod, z.ZodMiniType>),
  );
};

const paceByPeriod = <Schema extends z.ZodMiniType<number>>(amount: Schema) => {
  const pace = z.optional(z.strictObject({ burst: amount }));
  return z.optional(
    z.strictObject({ hour: pace, day: pace, week: pace, month: pace } satisfies Record<
      PacedPeriod,
      z.ZodMiniType
    >),
  );
};

/** Reads limits as a config or the table has them. Strict: an unknown kind or period is an error that names it. */
export const LimitsSchema = z.strictObject({
  requests: byPeriod(whole),
  tokens: byPeriod(whole),
  usd: byPeriod(money),
  callsAtOnce: z.optional(
    z.nullable(
      z.int().check(z.minimum(1, 'must be 1 or more; to refuse every call, set requests: { day: 0 }')),
    ),
  ),
  pace: z.optional(
    z.strictObject({
      requests: paceByPeriod(whole),
      tokens: paceByPeriod(whole),
      usd: paceByPeriod(money),
    } satisfies Record<LimitKind, z.ZodMiniType>),
  ),
} satisfies Fields<Limits>);
