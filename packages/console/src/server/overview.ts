import {
  configWithPlans,
  costInForce,
  daysOfMonth,
  nearestLimit,
  Statistics,
  type Usage,
  usageReport,
} from '@org/admin';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { reads } from './input.ts';
import { Month, presentMonth } from './moment.ts';
import type { Operation } from './operation.ts';
import { totalsOf } from './totals.ts';

const InMonth = z.strictObject({ month: Month });

const Near = z.strictObject({
  /** Used share of a limit, in percent. */
  percent: z.optional(z.coerce.number().check(z.minimum(1), z.maximum(100))),
});

/** So many teams are told apart in a chart. */
const apart = 8;

/** So many teams and keys near a limit are listed. */
const mostNear = 8;

/** So many teams are listed with what they can cost. */
const mostDear = 5;

export const overviewRoutes = ({ deployment, place, snapshot }: Operation) => {
  let statistics: Statistics | undefined;
  return (
    new Hono()
      .get('/deployment', async (c) => {
        const open = await deployment();
        const { name, stack, account, endpoint, now } = open;
        const { region, timeZone, plans, bearer, signIn, logRetentionDays } = await configWithPlans(open);
        return c.json({
          ...{ name, stack, account, place, region, timeZone, logRetentionDays },
          /** Without a slash at its end: routes begin with one. */
          endpoint: endpoint.replace(/\/$/, ''),
          /** Whether keys open the routes of OpenAI too, as bearer tokens. */
          bearer: bearer !== false,
          signIn: signIn !== undefined,
          plans: Object.entries(plans).map(([plan, { models, limits }]) => ({ name: plan, models, limits })),
          /** Milliseconds since 1970, by the clock that limits are reported by. */
          now: now(),
        });
      })
      /** What a month's counters add up to: cheap, and up to a few seconds. */
      .get('/usage', reads('query', InMonth), async (c) => {
        const open = await deployment();
        const { month = presentMonth(open) } = c.req.valid('query');
        if (month === presentMonth(open)) return c.json(totalsOf(await snapshot.teamUsage(open)));
        const { usage } = await usageReport(open, { month, records: await snapshot.teams(open) });
        return c.json(totalsOf(usage));
      })
      /** The teams and keys that have used the most of a limit, and how many are near one. */
      .get('/near', reads('query', Near), async (c) => {
        const { percent = 80 } = c.req.valid('query');
        const open = await deployment();
        const isNear = (each: Usage) => nearestLimit(each) * 100 >= percent;
        const teams = (await snapshot.teamUsage(open)).filter(isNear);
        const keys = (await snapshot.keyUsage(open)).filter(isNear);
        const fullest = [...teams, ...keys].toSorted((one, other) => nearestLimit(other) - nearestLimit(one));
        return c.json({ near: fullest.slice(0, mostNear), teams: teams.length, keys: keys.length });
      })
      /** From the log, which CloudWatch bills by the gigabyte: finished days are searched once. */
      .get('/statistics', reads('query', InMonth), async (c) => {
        const open = await deployment();
        statistics ??= new Statistics(open, { freshMs: 60_000 });
        const { month = presentMonth(open) } = c.req.valid('query');
        return c.json(await statistics.over({ ...daysOfMonth(month), apart }));
      })
      /** The most that a month can cost, with what was changed at run time; and the teams that it is most about. */
      .get('/cost', async (c) => {
        const open = await deployment();
        const { usd, exact, teams } = await costInForce(open, await snapshot.records(open));
        const unbounded = teams.filter((team) => team.usd === null);
        const dearest = teams.toSorted((one, other) => (other.usd ?? 0) - (one.usd ?? 0));
        return c.json({
          ...{ usd, exact, teams: teams.length, unbounded: unbounded.length },
          /** Those that can cost any amount first. */
          dearest: [...unbounded, ...dearest.filter((team) => team.usd !== null)]
            .slice(0, mostDear)
            .map(({ team, usd }) => ({ team, usd })),
        });
      })
  );
};
