import { type Limits, LimitsSchema } from '@org/contract';
import { type ConfigIssue, describeIssues, KeyName, KeyText, Name } from '@org/infra/config';
import * as z from 'zod/mini';
import { AdminError, type AdminErrorCode } from '../admin-error.ts';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';
import { checkKeyName, checkLimits, createKey, type NewKey } from '../keys/create-key.ts';
import { listKeyNames } from '../keys/key-names.ts';
import type { KeyTexts } from '../keys/keys.ts';
import { configWithPlans } from '../plans/plans.ts';
import { checkNewTeam, createTeam, listTeams } from './teams.ts';

/** A key in a list of teams to import: its name, or an object with its limits too. */
const Key = z.union([
  KeyName,
  z.strictObject({
    name: KeyName,
    limits: z.optional(LimitsSchema),
    owner: z.optional(KeyText),
    note: z.optional(KeyText),
  }),
]);

/** Says where in the list, or in the file that it was read from, something is. */
type PlaceOf = (path: readonly PropertyKey[]) => string;

const teamsSchema = (placeOf: PlaceOf) =>
  z
    .array(z.strictObject({ name: Name, plan: z.string(), keys: z._default(z.array(Key), []) }))
    .check(({ value, issues }) => {
      const namedTwice = (what: string, names: readonly (readonly [name: string, path: PropertyKey[]])[]) => {
        const first = new Map<string, PropertyKey[]>();
        for (const [name, path] of names) {
          const before = first.get(name);
          if (before) {
            const message = `is named before, at ${placeOf(before)}: name each ${what} once`;
            issues.push({ code: 'custom', input: name, path, message });
          } else first.set(name, path);
        }
      };
      namedTwice(
        'team',
        value.map(({ name }, index) => [name, [index, 'name']]),
      );
      namedTwice(
        'key',
        value.flatMap(({ keys }, index) =>
          keys.map((key, position): [string, PropertyKey[]] =>
            typeof key === 'string'
              ? [key, [index, 'keys', position]]
              : [key.name, [index, 'keys', position, 'name']],
          ),
        ),
      );
    });

/** A team to make, with its keys. */
export interface TeamImport {
  readonly name: string;
  readonly plan: string;
  readonly keys: readonly (KeyTexts & { readonly name: string; readonly limits?: Limits | undefined })[];
}

/**
 * Checks a list of teams: `[{ "name": "acme", "plan": "starter", "keys": ["acme-app"] }]`.
 *
 * @param source Where the list is from, for example the name of a file.
 * @throws {AdminError} If the list has another form.
 */
export function parseTeams(list: unknown, source: string): TeamImport[] {
  const { teams, issues } = checkTeams(list);
  if (issues.length > 0) throw new AdminError('invalid_teams', { source, issues });
  return teams;
}

/**
 * Checks a list that was read from a file of another form.
 *
 * @returns The teams, or every fault of the list, at its place in the file.
 */
export function checkTeams(
  list: unknown,
  placeOf?: PlaceOf,
): { readonly teams: TeamImport[]; readonly issues: readonly ConfigIssue[] } {
  const schema = teamsSchema(placeOf ?? ((path) => path.join('.')));
  const { data, error } = z.safeParse(schema, list, { reportInput: true });
  if (error) {
    const issues = describeIssues(error.issues, schema, 'file');
    return {
      teams: [],
      issues: placeOf
        ? issues.map(({ path, message }) => ({ path: placeOf(path.split('.')), message }))
        : issues,
    };
  }
  const teams = data.map(({ keys, ...team }) => ({
    ...team,
    keys: keys.map((key) => (typeof key === 'string' ? { name: key } : key)),
  }));
  return { teams, issues: [] };
}

/** Something that stops an import before anything is made. */
export interface ImportProblem {
  readonly team: string;
  /** Undefined: it is about the team. */
  readonly key?: string | undefined;
  readonly code: AdminErrorCode;
  readonly message: string;
}

/** What an import would do. */
export interface ImportPreview {
  readonly teams: readonly {
    readonly name: string;
    readonly plan: string;
    /** What is there stays as it is. */
    readonly state: 'new' | 'exists';
    readonly keys: readonly (TeamImport['keys'][number] & { readonly state: 'new' | 'exists' })[];
  }[];
  /** Without any, the import makes what is new. */
  readonly problems: readonly ImportProblem[];
}

/** Says what {@link importTeams} would make, what is there already, and what stands in its way. Changes nothing. */
export async function previewImport(
  deployment: Deployment,
  teams: readonly TeamImport[],
): Promise<ImportPreview> {
  const { teams: inspected, problems } = await inspect(deployment, teams);
  return {
    teams: inspected,
    problems: problems.map(({ error, ...subject }) => ({
      ...subject,
      code: error.code,
      message: error.message,
    })),
  };
}

async function inspect(deployment: Deployment, wanted: readonly TeamImport[]) {
  const [names, present, config] = await Promise.all([
    listKeyNames(deployment),
    listTeams(deployment),
    configWithPlans(deployment),
  ]);
  const keyOf = new Map(names.filter(({ replaced }) => !replaced).map((key) => [key.name, key]));
  const teamOf = new Map(present.map((team) => [team.name, team]));
  const problems: (Pick<ImportProblem, 'team' | 'key'> & { readonly error: AdminError })[] = [];
  const check = (subject: Pick<ImportProblem, 'team' | 'key'>, work: () => void) => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof AdminError)) throw error;
      problems.push({ ...subject, error });
    }
  };
  const teams = wanted.map(({ name, plan, keys }) => {
    const before = problems.length;
    check({ team: name }, () => {
      checkNewTeam(deployment, name);
      if (!Object.hasOwn(config.plans, plan)) {
        throw new AdminError('no_such_plan', { plan, plans: Object.keys(config.plans) });
      }
      const found = teamOf.get(name);
      if (found && found.plan === undefined) throw new AdminError('team_was_removed', { team: name });
      if (found && found.plan !== plan) {
        throw new AdminError('team_exists', { team: name, plan: found.plan, wanted: plan });
      }
    });
    const isUsable = problems.length === before;
    const inspected = keys.map((key) => {
      check({ team: name, key: key.name }, () => {
        checkKeyName(deployment, key.name);
        // Which limits hold depends on the plan.
        if (isUsable) checkLimits(config, { team: name, plan }, key.limits);
        const owner = keyOf.get(key.name)?.team ?? name;
        if (owner !== name) throw new AdminError('key_exists', { key: key.name, team: owner });
      });
      const isThere = keyOf.get(key.name)?.keyId !== undefined;
      return { ...key, state: isThere ? ('exists' as const) : ('new' as const) };
    });
    return { name, plan, state: teamOf.has(name) ? ('exists' as const) : ('new' as const), keys: inspected };
  });
  return { teams, problems };
}

/** The teams and keys that an import made; existing ones stay as they are. */
export interface Imported {
  readonly teams: number;
  readonly keys: number;
}

/**
 * Makes the teams and keys that do not exist yet, so it can be repeated after a failure. Every problem that can be found
 * beforehand stops it before anything is made.
 *
 * @param onKey Gets every key as soon as it is made, because its value is shown only once.
 */
export async function importTeams(
  deployment: Deployment,
  teams: readonly TeamImport[],
  onKey: (key: NewKey) => void,
): Promise<Imported> {
  const { teams: inspected, problems } = await inspect(deployment, teams);
  const [first] = problems;
  if (first) throw first.error;
  let made = 0;
  let keysMade = 0;
  await concurrently(inspected, async ({ name, plan, keys }) => {
    if (await createTeam(deployment, name, plan)) made += 1;
    for (const { state, ...key } of keys) {
      if (state === 'exists') continue;
      onKey(await createKey(deployment, { ...key, team: name, plan }));
      keysMade += 1;
    }
  });
  return { teams: made, keys: keysMade };
}
