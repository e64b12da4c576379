import { changeLimits, checkSizes } from '@org/admin';
import { type Limits, LimitsSchema, limitKinds, limitPeriods } from '@org/contract';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { reads } from './input.ts';
import { End, endOf } from './moment.ts';
import type { Operation } from './operation.ts';

const Subject = z.union([z.strictObject({ team: z.string() }), z.strictObject({ key: z.string() })]);

/** As admin's `LimitsChange`, with the end of a raise as a day or a moment. */
const Change = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('set'), limits: LimitsSchema }),
  z.strictObject({ action: z.literal('raise'), limits: LimitsSchema, end: z.optional(End) }),
  z.strictObject({
    action: z.literal('clear'),
    only: z.optional(z.array(z.strictObject({ limit: z.enum(limitKinds), period: z.enum(limitPeriods) }))),
  }),
]);

const Request = z.strictObject({ of: Subject, change: Change });

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
    const { subject, changed, from, to, withoutEffect } = await changeLimits(open, of, wanted);
    const { team, key, plan } = subject;
    return c.json({ team, key, changed, from, to, withoutEffect, warnings: warningsOf(to) });

    /** Why calls may be refused all the same, or are not limited. */
    function warningsOf(limits: Limits | undefined): string[] {
      if (!limits) return [];
      return checkSizes(config, plan, {
        subject: key === undefined ? { check: 'team', of: team } : { check: 'key', of: key },
        limits,
        nameOf: (kind, period) => `${kind}/${period}`,
      }).map(({ what }) => what);
    }
  });
