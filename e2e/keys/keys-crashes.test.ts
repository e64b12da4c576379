import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AttributeValue, BatchWriteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { parseProxyConfig } from '@org/infra/config';
import { readItem, SignInItem, signInKey } from '@org/table';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from '../configs.ts';
import { dynamoDbClient } from '../dynamodb-client.ts';
import { startSystem } from '../harness.ts';
import { type Break, startBreakingGateway } from './breaking-gateway.ts';
import { commandLine, type Said } from './command-line.ts';
import { type WorkingKeys, watchKeys } from './working-keys.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

/** When a command that died has been silent for long enough. */
const later = noon + 3 * 60_000;

/** When every key with an end has ended. */
const atLast = noon + 400 * 86_400_000;

const withSignIn = parseProxyConfig({
  ...configs.counted,
  signIn: { issuer: 'https://login.example.com', audience: 'bedrock-proxy' },
});

/** A command that can break, and the state that must hold after it is run again. */
interface Command {
  readonly run: string;
  /** Commands before it. */
  readonly after: readonly string[];
  /** The team whose keys are checked. */
  readonly team: 'acme' | 'thrifty';
  /** The team's permanent keys, one of each name, and their plan. */
  readonly leaves: Readonly<Record<string, string>>;
  /** Whether old keys may work on to an end. */
  readonly overlap?: boolean;
  /** Whether the team is gone. */
  readonly deletes?: boolean;
  /** Whether the deployment also has a key for the team's signed-in callers. */
  readonly signIn?: boolean;
}

const team = 'teams create acme --plan few';
const app = 'keys create app --team acme --limit requests/day=2';
const other = 'keys create other --team acme';

const ofTeams: readonly Command[] = [
  { run: team, after: [], team: 'acme', leaves: {} },
  { run: 'teams create --from FILE', after: [], team: 'acme', leaves: { app: 'few', other: 'few' } },
  {
    run: 'teams move acme tokens',
    after: [team, app, other, 'keys rotate other'],
    team: 'acme',
    leaves: { app: 'tokens', other: 'tokens' },
    overlap: true,
  },
  {
    run: 'teams delete acme --yes',
    after: [team, app, other, 'keys rotate other'],
    team: 'acme',
    leaves: {},
    deletes: true,
  },
];

const commands: readonly Command[] = [
  ...ofTeams,
  ...ofTeams.map((command) => ({ ...command, signIn: true })),
  { run: app, after: [team], team: 'acme', leaves: { app: 'few' } },
  { run: 'keys rotate app', after: [team, app], team: 'acme', leaves: { app: 'few' }, overlap: true },
  {
    run: 'keys rotate app --now --yes',
    after: [team, app, 'keys rotate app'],
    team: 'acme',
    leaves: { app: 'few' },
  },
  { run: 'keys revoke app --yes', after: [team, app, 'keys rotate app'], team: 'acme', leaves: {} },
  {
    run: 'keys revoke app --replaced --yes',
    after: [team, app, 'keys rotate app'],
    team: 'acme',
    leaves: { app: 'few' },
  },
  { run: 'keys disable app', after: [team, app, 'keys rotate app'], team: 'acme', leaves: {} },
  {
    run: 'keys enable app',
    after: [team, app, 'keys disable app'],
    team: 'acme',
    leaves: { app: 'few' },
  },
  { run: 'keys disable thrifty-key', after: [], team: 'thrifty', leaves: {} },
  {
    run: 'keys create more --team thrifty',
    after: [],
    team: 'thrifty',
    leaves: { 'thrifty-key': 'tokens', more: 'tokens' },
  },
  {
    run: 'keys rotate thrifty-key',
    after: [],
    team: 'thrifty',
    leaves: { 'thrifty-key': 'tokens', 'thrifty-key-2': 'tokens' },
    overlap: true,
  },
  {
    run: 'keys rotate thrifty-key --now --yes',
    after: [],
    team: 'thrifty',
    leaves: { 'thrifty-key-2': 'tokens' },
  },
  {
    run: 'keys rotate thrifty-key --now --yes',
    after: ['keys rotate thrifty-key'],
    team: 'thrifty',
    leaves: { 'thrifty-key-2': 'tokens' },
  },
  {
    run: 'keys rotate thrifty-key-2 --now --yes',
    after: ['keys rotate thrifty-key'],
    team: 'thrifty',
    leaves: { 'thrifty-key-2': 'tokens' },
  },
  { run: 'keys revoke thrifty-key --yes', after: [], team: 'thrifty', leaves: {} },
];

const teamsFile = JSON.stringify([
  { name: 'acme', plan: 'few', keys: [{ name: 'app', limits: { requests: { day: 2 } } }, 'other'] },
]);

/** What a deployment keeps, and what its operator was shown. */
interface State {
  /** The file of API Gateway's keys, if any was changed. */
  readonly keyFile: string | undefined;
  /** The table's. */
  readonly items: readonly Record<string, AttributeValue>[];
  /** Values by the names of their keys. */
  readonly shown: ReadonlyMap<string, readonly string[]>;
}

/**
 * A deployment, an operator who writes down the shown values, and the actual state.
 *
 * @param from Default: as it is deployed.
 */
async function start({ signIn = false, team: watched }: Command, from?: State) {
  const directory = await mkdtemp(join(tmpdir(), 'proxy-crashes-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, 'teams.json');
  await writeFile(file, teamsFile);
  const keyFile = join(directory, 'keys.json');
  if (from?.keyFile !== undefined) await cp(from.keyFile, keyFile);
  const system = await startSystem('counted', { keyFile });
  const gateway = await startBreakingGateway(system);
  const config = signIn ? withSignIn : configs.counted;
  let time = noon;
  const proxy = await commandLine(new URL(system.url).origin, config, () => time);
  const breaking = await commandLine(gateway.origin, config, () => time);
  const look = await watchKeys(system);
  /** Nothing but a command changes keys. */
  let seen: Promise<WorkingKeys> | undefined;
  const seenAt = new Map<number, ReturnType<WorkingKeys>>();
  const watch = (at: number) => {
    seen ??= look(config);
    const keys = seenAt.get(at) ?? seen.then((working) => working(at));
    seenAt.set(at, keys);
    return keys;
  };
  const table = dynamoDbClient(system.dynamodb.url);
  onTestFinished(() => table.destroy());
  const [{ name: TableName } = expect.unreachable()] = system.gateway.tables;
  if (from && from.items.length > 0)
    await table.send(
      new BatchWriteItemCommand({
        RequestItems: { [TableName]: from.items.map((Item) => ({ PutRequest: { Item } })) },
      }),
    );
  const ofConfig = new Map(
    ['shared-key', 'other-key', 'thrifty-key'].map((name) => [name, system.keyValue(name)]),
  );
  const shown = new Map<string, readonly string[]>(
    from?.shown ?? [...ofConfig].map(([name, value]) => [name, [value]]),
  );

  const write = ({ stdout, stderr }: Said) => {
    const name = /^(?:The new key is|Made the key) ([\w-]+)(?:,| for the team)/m.exec(stderr)?.[1];
    for (const line of stdout.split('\n').filter(Boolean)) {
      const [value = '', key = name] = line.split('\t').toReversed();
      if (key !== undefined) shown.set(key, [...(shown.get(key) ?? []), value]);
    }
  };
  const signedIn = async () => {
    const item = await readItem({ client: table, table: TableName }, signInKey('acme'));
    return item && SignInItem.parse(item).value;
  };
  /** The team's working keys, without that of its signed-in callers. */
  const working = async (at: number) => {
    const inside = await signedIn();
    const all = await watch(at);
    return all.filter((key) => key.team === watched && key.value !== inside);
  };

  return {
    /** Whether the last command that was to break did. */
    broke: gateway.broke,
    shown,
    signedIn,
    working,
    watch,
    valueInConfig: (name: string) => ofConfig.get(name),
    async operate(command: string, place?: Break): Promise<Said> {
      if (place) gateway.breakAt(place);
      const said = await (place ? breaking : proxy)(...command.replace('FILE', file).split(' '));
      seen = undefined;
      seenAt.clear();
      write(said);
      return said;
    },
    wait() {
      time = later;
    },
    async state(): Promise<State> {
      const { Items: items = [] } = await table.send(new ScanCommand({ TableName, ConsistentRead: true }));
      return { keyFile: existsSync(keyFile) ? keyFile : undefined, items, shown };
    },
  };
}

/** The state in which a command is run. */
async function before(command: Command): Promise<State> {
  const operator = await start(command);
  for (const each of command.after) await operator.operate(each);
  return operator.state();
}

type Operator = Awaited<ReturnType<typeof start>>;

/** Statements of a command about keys, and how to check each. */
const claims: readonly [RegExp, (operator: Operator, ...named: string[]) => Promise<void>][] = [
  [
    /The old key (\S+) works until (\S+), for/g,
    async ({ shown, working }, name = '', end = '') => {
      const old = shown.get(name)?.slice(0, -1) ?? [];
      const ends = async (at: number) => (await working(at)).filter((key) => key.name === name);
      expect((await ends(Date.parse(end) - 1)).length).toBeGreaterThan(1);
      for (const { value } of await ends(Date.parse(end))) expect(old).not.toContain(value);
    },
  ],
  [
    /The old key (\S+) ha(?:s ended|d ended already)/g,
    async ({ shown, working }, name = '') => {
      const [value] = shown.get(name)?.slice(-1) ?? [];
      const left = (await working(later)).filter((key) => key.name === name);
      expect(left).toMatchObject([{ value }]);
    },
  ],
  [
    /The (?:old )?key (\S+) (?:of the config )?is disabled/g,
    async ({ valueInConfig, working }, name = '') => {
      const values = (await working(atLast)).map(({ value }) => value);
      expect(values).not.toContain(valueInConfig(name));
    },
  ],
  [
    /The old key (\S+) is in the config, and works/g,
    async ({ valueInConfig, working }, name = '') => {
      const values = (await working(atLast)).map(({ value }) => value);
      expect(values).toContain(valueInConfig(name));
    },
  ],
  [
    /(?:Revoked (\S+) \(|Nothing was left to revoke of (\S+) in )/g,
    async ({ working }, revoked, nothing) => {
      const names = (await working(later)).map(({ name }) => name);
      expect(names).not.toContain(revoked ?? nothing);
    },
  ],
  [
    /Revoked the keys that (\S+) replaced|(\S+) has no replaced keys left/g,
    async ({ working }, revoked, nothing) => {
      expect((await working(later)).filter(({ name }) => name === (revoked ?? nothing))).toHaveLength(1);
    },
  ],
  [
    /The team (\S+) in [^\n]*? and its keys \((\d+)\) are on the plan (\S+)\./g,
    async ({ working }, _, count, plan) => {
      const keys = await working(later);
      expect(keys).toHaveLength(Number(count));
      for (const key of keys) expect(key).toMatchObject({ plan, usagePlan: plan });
    },
  ],
  [
    /The team (\S+) in [^\n]*? is deleted/g,
    async ({ operate, watch }, name = '') => {
      expect((await watch(later)).filter((key) => key.team === name)).toEqual([]);
      expect((await operate('teams list')).stdout).not.toContain(name);
    },
  ],
  [
    /There is a key "(\S+)" already|The key \S+ was replaced by (\S+) already/g,
    async ({ working }, there, by) => {
      expect((await working(atLast)).map(({ name }) => name)).toContain(there ?? by);
    },
  ],
  [
    /There is no key "(\S+)"/g,
    async ({ working }, name) => {
      expect((await working(later)).map((key) => key.name)).not.toContain(name);
    },
  ],
];

async function expectTrue(operator: Operator, { stderr }: Said): Promise<void> {
  for (const [claim, look] of claims) {
    for (const [, ...named] of stderr.matchAll(claim)) await look(operator, ...named);
  }
}

/** A key made with limits keeps them, whatever broke. */
async function expectLimits({ working }: Operator): Promise<void> {
  for (const { name, limits } of await working(noon)) {
    if (name === 'app') expect(limits).toEqual({ requests: { day: 2 } });
  }
}

/** Checks the state after a broken command was run again. */
async function expectFinished(operator: Operator, command: Command): Promise<void> {
  const { leaves, overlap = false, signIn = false } = command;
  const forGood = await operator.working(atLast);
  const seen = forGood.map(({ name, plan, usagePlan }) => ({ name, plan, usagePlan }));
  const wanted = Object.entries(leaves).map(([name, plan]) => ({ name, plan, usagePlan: plan }));
  expect(seen).toHaveLength(wanted.length);
  expect(seen).toEqual(expect.arrayContaining(wanted));
  // The operator has its value, which is the last one shown.
  for (const { name, value } of forGood) expect(operator.shown.get(name)?.at(-1)).toBe(value);
  const now = await operator.working(later);
  expect(overlap ? now.length : now).toEqual(overlap ? expect.any(Number) : forGood);
  await expectLimits(operator);

  const inside = await operator.signedIn();
  const ofTeam = (await operator.watch(later)).filter((key) => key.team === 'acme' && key.value === inside);
  const [plan] = /few|tokens/.exec(command.run) ?? ['few'];
  expect(ofTeam).toMatchObject(signIn && !command.deletes ? [{ plan, usagePlan: plan }] : []);
}

const repeated = /There is no (?:key|team)|already/;

test.each(commands.map((command) => [nameOf(command), command] as const))(
  '%s can break at any of its writes: it is finished by running it again, and all that was said is true',
  async (_, command) => {
    const state = await before(command);
    for (const kind of ['dies', 'refused'] as const) {
      for (let write = 1; ; write += 1) {
        const operator = await start(command, state);
        const first = await operator.operate(command.run, { kind, write });
        const broke = operator.broke();
        await expectLimits(operator);
        expect(first.code).toBe(broke ? 1 : 0);
        operator.wait();

        const again = await operator.operate(command.run);
        if (again.code !== 0) expect(again.stderr).toMatch(repeated);
        await expectTrue(operator, again);
        // A key whose value was never shown is rotated, as the message says.
        for (const { name, value } of await operator.working(atLast)) {
          if (operator.shown.get(name)?.includes(value)) continue;
          const rotation = `keys rotate ${name}${command.overlap ? '' : ' --now --yes'}`;
          await expectTrue(operator, await operator.operate(rotation));
        }
        await expectFinished(operator, command);
        if (!broke) break;
        expect(write).toBeLessThan(60);
      }
    }
  },
  180_000,
);

function nameOf({ run, after, signIn = false }: Command): string {
  const before = after.filter((command) => command.startsWith('keys rotate')).join(', ');
  return `${run}${before && `, after ${before},`}${signIn ? ' with sign-in' : ''}`;
}
