import { changeLimits, type Deployment, reviewLimits } from '@org/admin';
import { type Limits, LimitsSchema, limitKinds, limitPeriods } from '@org/contract';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { reads } from './input.ts';
import { End, endOf } from './moment.ts';
import type { Operation } from './operation.ts';

const Whose = z.union([z.strictObject({ team: z.string() }), z.strictObject({ key: z.string() })]);

const Name = z.union([
  z.strictObject({ limit: z.enum(limitKinds), period: z.enum(limitPeriods) }),
  z.strictObject({ limit: z.literal('callsAtOnce') }),
]);

/** As admin's `LimitsChange`, with the end of a raise as a day or a moment. */
const Change = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('set'), limits: LimitsSchema }),
  z.strictObject({ action: z.literal('raise'), limits: LimitsSchema, end: z.optional(End) }),
  z.strictObject({
    action: z.literal('clear'),
    only: z.optional(z.array(Name)),
  }),
]);

const Request = z.strictObject({ of: Whose, change: Change });

export const limitRoutes = ({ deployment }: Operation) =>
  new Hono().post('/limits', reads('json', Request), async (c) => {
    const { of, change } = c.req.valid('json');
    const open = await deployment();
    const { config } = open;
    const wanted =
      change.action === 'raise'
        ? {
            action: change.action,
            limits: change.limits,
            until: change.end === undefined ? undefined : endOf(change.end, config.timeZone),
          }
        : change;
    const { subject, changed, from, to } = await changeLimits(open, of, wanted);
    const { team, key } = subject;
    return c.json({ team, key, changed, from, to, ...(await warningsAbout(open, subject, to)) });
  });

/** Limits that are never reached, and why calls may be refused all the same, or are not limited. */
export async function warningsAbout(
  deployment: Deployment,
  subject: Parameters<typeof reviewLimits>[1],
  limits: Limits | undefined,
) {
  const { withoutEffect, findings } = await reviewLimits(deployment, subject, limits);
  return { withoutEffect, warnings: findings.map(({ what }) => what) };
}
