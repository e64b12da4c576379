import { changeLimits, checkSizes, type LimitSubject, type Subject } from '@org/admin';
import {
  type LimitKind,
  type LimitPeriod,
  type Limits,
  LimitsSchema,
  limitKinds,
  limitPeriods,
} from '@org/contract';
import type { ProxyConfig } from '@org/infra/config';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { reads } from './input.ts';
import { End, endOf } from './moment.ts';
import type { Operation } from './operation.ts';

const Whose = z.union([z.strictObject({ team: z.string() }), z.strictObject({ key: z.string() })]);

/** As admin's `LimitsChange`, with the end of a raise as a day or a moment. */
const Change = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('set'), limits: LimitsSchema }),
  z.strictObject({ action: z.literal('raise'), limits: LimitsSchema, end: z.optional(End) }),
  z.strictObject({
    action: z.literal('clear'),
    only: z.optional(z.array(z.strictObject({ limit: z.enum(limitKinds), period: z.enum(limitPeriods) }))),
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
    const { subject, changed, from, to, withoutEffect } = await changeLimits(open, of, wanted);
    const { team, key, plan } = subject;
    const warnings = warningsAbout(to, config, plan, key === undefined ? { team } : { key });
    return c.json({ team, key, changed, from, to, withoutEffect, warnings });
  });

/** Why calls may be refused all the same, or are not limited. */
export function warningsAbout(
  limits: Limits | undefined,
  config: ProxyConfig,
  plan: string,
  of: LimitSubject,
): string[] {
  if (!limits) return [];
  const subject: Subject = 'key' in of ? { check: 'key', of: of.key } : { check: 'team', of: of.team };
  const nameOf = (kind: LimitKind, period: LimitPeriod) => `${kind}/${period}`;
  return checkSizes(config, plan, { subject, limits, nameOf }).map(({ what }) => what);
}
