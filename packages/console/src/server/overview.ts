import { costInForce, daysOfMonth, nearestLimit, Statistics, usageReport } from '@org/admin';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { reads } from './input.ts';
import { Month, presentMonth } from './moment.ts';
import type { Operation } from './operation.ts';

const InMonth = z.strictObject({ month: Month });

const Near = z.strictObject({
  /** Used share of a limit, in percent. */
  percent: z.optional(z.coerce.number().check(z.minimum(1), z.maximum(100))),
});

/** So many teams are told apart in a chart. */
const apart = 8;

export const overviewRoutes = ({ deployment, place, snapshot }: Operation) => {
  let statistics: Statistics | undefined;
  return (
    new Hono()
      .get('/deployment', async (c) => {
        const { name, stack, account, config, endpoint, now } = await deployment();
        const { region, timeZone, plans, bearer, signIn, logRetentionDays } = config;
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
      /** From the counters: cheap, and up to a few seconds. */
      .get('/usage', reads('query', InMonth), async (c) => {
        const open = await deployment();
        const { month = presentMonth(open) } = c.req.valid('query');
        const isTeam = ({ key }: { readonly key?: string | undefined }) => key === undefined;
        if (month !== presentMonth(open)) {
          const records = (await snapshot.records(open)).filter(isTeam);
          return c.json(await usageReport(open, { month, records }));
        }
        const report = await snapshot.report(open);
        return c.json({ ...report, usage: report.usage.filter(isTeam) });
      })
      .get('/near', reads('query', Near), async (c) => {
        const { percent = 80 } = c.req.valid('query');
        const { usage } = await snapshot.report(await deployment());
        return c.json({ near: usage.filter((each) => nearestLimit(each) * 100 >= percent) });
      })
      /** From the log, which CloudWatch bills by the gigabyte: finished days are searched once. */
      .get('/statistics', reads('query', InMonth), async (c) => {
        const open = await deployment();
        statistics ??= new Statistics(open, { freshMs: 60_000 });
        const { month = presentMonth(open) } = c.req.valid('query');
        return c.json(await statistics.over({ ...daysOfMonth(month), apart }));
      })
      /** The most that a month can cost, with what was changed at run time. */
      .get('/cost', async (c) => {
        const open = await deployment();
        return c.json(await costInForce(open, await snapshot.records(open)));
      })
  );
};
