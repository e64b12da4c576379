import {
  createTeam,
  type Deployment,
  daysOfMonth,
  deleteTeam,
  keyNamesById,
  listChanges,
  listLimits,
  listTeams,
  moveTeam,
  requireTeam,
  type Team,
  type Usage,
  usageBreakdown,
  usageReport,
} from '@org/admin';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { Nothing, reads } from './input.ts';
import { Month, presentMonth } from './moment.ts';
import type { Operation } from './operation.ts';
import type { Snapshot } from './snapshot.ts';

/** A team in the list of all. */
export interface ListedTeam extends Pick<Team, 'name' | 'plan' | 'source' | 'createdAt'> {
  /** How many keys it has, those in an overlap not counted. */
  readonly keys: number;
  /** Its use of the present month, with the limits in force. */
  readonly usage: Usage;
}

const NewTeam = z.strictObject({ name: z.string(), plan: z.string() });
const Use = z.strictObject({ by: z.enum(['key', 'person', 'customer', 'model', 'day']), month: Month });
const Move = z.strictObject({ plan: z.string() });

export const teamRoutes = ({ deployment, snapshot }: Operation) =>
  new Hono()
    .get('/teams', async (c) => c.json({ teams: await listedTeams(await deployment(), snapshot) }))
    .post('/teams', reads('json', NewTeam), async (c) => {
      const { name, plan } = c.req.valid('json');
      return c.json({ name, plan, created: await createTeam(await deployment(), name, plan) });
    })
    /** From the log, which CloudWatch bills by the gigabyte. */
    .get('/teams/:team/use', reads('query', Use), async (c) => {
      const { by, month } = c.req.valid('query');
      const open = await deployment();
      const days = daysOfMonth(month ?? presentMonth(open));
      const query = { by: [by], team: c.req.param('team'), ...days };
      return c.json(await usageBreakdown(open, query, () => keyNamesById(open)));
    })
    .get('/teams/:team', async (c) =>
      c.json(await teamDetails(await deployment(), c.req.param('team'), snapshot)),
    )
    .post('/teams/:team/move', reads('json', Move), async (c) => {
      const { plan } = c.req.valid('json');
      return c.json({ movedKeys: await moveTeam(await deployment(), c.req.param('team'), plan) });
    })
    .post('/teams/:team/delete', reads('json', Nothing), async (c) => {
      await deleteTeam(await deployment(), c.req.param('team'));
      return c.json({ deleted: c.req.param('team') });
    });

/** In the order of the config and of their names. The lists are read from the table alone. */
async function listedTeams(deployment: Deployment, snapshot: Snapshot): Promise<ListedTeam[]> {
  const [teams, records, usage] = await Promise.all([
    listTeams(deployment),
    snapshot.records(deployment),
    snapshot.teamUsage(deployment),
  ]);
  const usageOf = new Map(usage.map((each) => [each.team, each]));
  const keys = new Map<string, number>();
  for (const { team, key } of records) if (key !== undefined) keys.set(team, (keys.get(team) ?? 0) + 1);
  return teams.flatMap(({ name, plan, source, createdAt }) => {
    const used = usageOf.get(name);
    return used ? [{ name, plan, source, createdAt, keys: keys.get(name) ?? 0, usage: used }] : [];
  });
}

/** All about one team. */
async function teamDetails(deployment: Deployment, name: string, snapshot: Snapshot) {
  const team = await requireTeam(deployment, name);
  const [keys, limits, changes] = await Promise.all([
    snapshot.keysOf(deployment, name),
    listLimits(deployment, { team: name }),
    listChanges(deployment, { team: name }),
  ]);
  const { usage } = await usageReport(deployment, { records: limits });
  return {
    team,
    keys,
    /** Of the team, then of each key. */
    limits,
    /** Of the team, then of each key with limits of its own. */
    usage,
    /** Oldest first. */
    changes,
  };
}
