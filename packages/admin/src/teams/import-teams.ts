import { type Limits, LimitsSchema } from '@org/contract';
import { describeIssues, KeyName, KeyText, Name } from '@org/infra/config';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';
import { checkKeyName, checkLimits, createKey, type NewKey } from '../keys/create-key.ts';
import { listKeyNames } from '../keys/key-names.ts';
import type { KeyTexts } from '../keys/keys.ts';
import { checkNewTeam, createTeam } from './teams.ts';

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

const Teams = z
  .array(z.strictObject({ name: Name, plan: z.string(), keys: z._default(z.array(Key), []) }))
  .check(({ value, issues }) => {
    const namedTwice = (what: string, names: readonly (readonly [name: string, path: PropertyKey[]])[]) => {
      const first = new Map<string, PropertyKey[]>();
      for (const [name, path] of names) {
        const before = first.get(name);
        if (before) {
          const message = `is named before, at ${before.join('.')}: name each ${what} once`;
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
  const { data, error } = z.safeParse(Teams, list, { reportInput: true });
  if (error) {
    throw new AdminError('invalid_teams', {
      source,
      issues: describeIssues(error.issues, Teams, 'file'),
    });
  }
  return data.map(({ keys, ...team }) => ({
    ...team,
    keys: keys.map((key) => (typeof key === 'string' ? { name: key } : key)),
  }));
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
  const present = new Map((await listKeyNames(deployment)).map((key) => [key.name, key]));
  for (const { name, plan, keys } of teams) {
    checkNewTeam(deployment, name, plan);
    for (const key of keys) {
      checkKeyName(deployment, key.name);
      checkLimits(deployment, name, plan, key);
      const owner = present.get(key.name)?.team ?? name;
      if (owner !== name) throw new AdminError('key_exists', { key: key.name, team: owner });
    }
  }
  let made = 0;
  let keysMade = 0;
  await concurrently(teams, async ({ name, plan, keys }) => {
    if (await createTeam(deployment, name, plan)) made += 1;
    for (const key of keys) {
      const owner = present.get(key.name);
      if (owner?.keyId !== undefined && owner.team === name) continue;
      onKey(await createKey(deployment, { ...key, team: name, plan }));
      keysMade += 1;
    }
  });
  return { teams: made, keys: keysMade };
}
