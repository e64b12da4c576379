import { join } from 'node:path';
import {
  type LimitKind,
  type LimitPeriod,
  type LimitScope,
  type Limits,
  limitKinds,
  limitPeriods,
  limitScopes,
  pacedPeriods,
} from '@org/contract';
import { startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type HelperProcess, startHelper } from '../../../../test/helper-process.ts';
import { type Race, type RaceOutcome, race } from '../testing/ledger/racer.ts';
import { windowBy } from '../testing/ledger/window-by.ts';
import { accountsOf } from './account.ts';
import { amountsOf, nothing, unitOf } from './amounts.ts';
import { CounterTable } from './counter-table.ts';
import { createLedger } from './ledger.ts';
import { momentOf } from './moment.ts';
import { boundsOf, type Scope } from './scope.ts';
import { ShardedAccounts } from './sharded-accounts.ts';

const at = Date.parse('2026-11-22T12:00:00Z');
const timeZone = 'Europe/Berlin';
const processes = 4;
const racer = join(import.meta.dirname, '../testing/ledger/racer.ts');
/** `RACE_CALLERS=1000 vitest run --project node ledger/race` is the full race. */
const full = process.env['RACE_CALLERS'];
const callers = Number(full ?? 40);
const callersOfPair = Number(full ?? 12);
/** More of a full race, in which each caller tries again until it is let in. */
const atOnce = Math.max(3, callersOfPair / 4);
/** So many callers at once are enough for one server. */
const mostAtOnce = 8000;
vi.setConfig({ testTimeout: 3_600_000 });

let table: TestTable;
let racers: readonly Racer[];
beforeAll(async () => {
  table = await startTestTable();
  racers = await Promise.all(
    Array.from({ length: processes }, () =>
      startHelper<'ready', readonly Race[], RaceOutcome[]>(racer, { args: [table.url] }),
    ),
  );
});
afterAll(async () => {
  await Promise.all(racers.map(({ stop }) => stop()));
  table.close();
  if (full) process.stdout.write(`${JSON.stringify(raced)}\n`);
});

/** How much was raced. A full race prints it. */
const raced = { races: 0, calls: 0, admitted: 0 };

type Entered = Pick<Race, 'scope' | 'others' | 'worstCase' | 'trueCost' | 'retry'> & {
  readonly callers: number;
  readonly at?: number;
  /** Over how many shards each process spreads the scope. */
  readonly shards?: readonly number[];
  /**
   * Whether calls are made one by one after the race, until one is refused for good: of callers at once, one may have held in vain
   * what another needed.
   */
  readonly thenAlone?: boolean;
};

/** A process that races. */
type Racer = HelperProcess<'ready', readonly Race[], RaceOutcome[]>;

/** Many callers at once, from several processes, each against its race's limits. Several races are run at once. */
async function runRaces(races: readonly Entered[]): Promise<Awaited<ReturnType<typeof runTogether>>> {
  const most = Math.max(1, Math.floor(mostAtOnce / (races[0]?.callers ?? 1)));
  const finished = [];
  for (let begun = 0; begun < races.length; begun += most) {
    finished.push(...(await runTogether(races.slice(begun, begun + most))));
  }
  return finished;
}

async function runTogether(races: readonly Entered[]) {
  const shares = races.map((race): Race => ({ at, ...race, calls: race.callers / processes, timeZone }));
  const outcomes = await Promise.all(
    racers.map(({ ask }, number) =>
      ask(shares.map((share, race) => inShards(share, races[race]?.shards?.[number]))),
    ),
  );
  const store = new CounterTable({ client: table.client, table: tableName });
  const counted = new ShardedAccounts(
    store,
    (account, hold, signal) => store.hold({ account, ...hold }, signal),
    Math.random,
  );
  return Promise.all(
    shares.map(async (share, index) => {
      const parts = outcomes.flatMap((outcome) => outcome[index] ?? []);
      for (let made = 1; races[index]?.thenAlone && made > 0; ) {
        const alone = await race({ ...share, calls: 1 }, createLedger(store, timeZone));
        parts.push(alone);
        made = alone.admitted;
      }
      const sum = (count: (outcome: RaceOutcome) => number) =>
        parts.reduce((total, one) => total + count(one), 0);
      const accounts = [share.scope, ...(share.others ?? [])].flatMap((scope) =>
        accountsOf(scope, momentOf(share.at, timeZone)),
      );
      const states = await Promise.all(
        accounts.map((account) => counted.read(account, new AbortController().signal)),
      );
      const admitted = sum((outcome) => outcome.admitted);
      raced.races += 1;
      raced.calls += share.calls * processes;
      raced.admitted += admitted;
      return {
        admitted,
        exhausted: sum(({ exhausted }) => exhausted),
        busy: sum(({ busy }) => busy),
        leastUsedWhenExhausted: Math.min(
          ...parts.map(({ leastUsedWhenExhausted }) => leastUsedWhenExhausted ?? Number.POSITIVE_INFINITY),
        ),
        committed: states[0]?.counters.committed.month,
        mostAtOnce: overlapOf(parts.flatMap(({ inFlight }) => inFlight)),
        times: parts.flatMap(({ inFlight }) => inFlight),
        inFlight: states.map(({ counters }) => counters.inFlight.counted),
        /** What is held, and what is above a limit. */
        left: states.flatMap(({ account, counters }) => [
          ...limitPeriods.map((period) => counters.held[period]).filter((held) => held.tokens !== 0),
          ...account.bounds.filter(({ limit, period, max }) => counters.committed[period][limit] > max),
        ]),
      };
    }),
  );
}

function inShards(share: Race, shards: number | undefined): Race {
  return { ...share, scope: { ...share.scope, shards } };
}

/** The most of these times that overlap. */
function overlapOf(times: readonly (readonly [from: number, to: number])[]): number {
  const changes = times.flatMap(([from, to]) => [
    { at: from, by: 1 },
    { at: to, by: -1 },
  ]);
  let [now, most] = [0, 0];
  for (const { by } of changes.toSorted((one, other) => one.at - other.at || one.by - other.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

async function runRace(race: Entered) {
  const [outcome] = await runRaces([race]);
  return outcome ?? expect.unreachable();
}

const one = { ...amountsOf(() => 50), requests: 1 };

interface Limited {
  readonly kind: LimitKind;
  readonly period: LimitPeriod;
  /** The calls that fit. */
  readonly fits: number;
}

function limitsOf(limited: readonly Limited[]): Limits {
  const limits: Limits = {};
  for (const { kind, period, fits } of limited) {
    limits[kind] = { ...limits[kind], [period]: (fits * one[kind]) / unitOf[kind] };
  }
  return limits;
}

function scopeOf(id: string, limited: readonly Limited[]): Scope {
  return { kind: 'team', id, limits: limitsOf(limited) };
}

function scopeNamed(kind: LimitScope, place: string, limits: Limits): Scope {
  return kind === 'team' || kind === 'key'
    ? { kind, id: `${kind}-${place}`, limits }
    : { kind, team: `team-${place}`, id: kind, limits };
}

const every = limitKinds.flatMap((kind) => limitPeriods.map((period) => ({ kind, period })));
const fits = callers / 10;

/** All of them in a full race. Otherwise another one for each index, so that each has its turn. */
function inTurn<Value>(values: readonly Value[], index: number): Value[] {
  return values.filter((_, place) => full !== undefined || place === index % values.length);
}

test('of callers at once, exactly as many are admitted as fit the limit, for every kind, window and scope', async () => {
  const races = every.flatMap(({ kind, period }, index) =>
    inTurn(limitScopes, index).map((scope) => ({
      scope: scopeNamed(scope, `${kind}-${period}`, limitsOf([{ kind, period, fits }])),
      ...{ callers, worstCase: one, trueCost: one, retry: false },
    })),
  );
  for (const [index, { admitted, exhausted, busy, committed, left }] of (await runRaces(races)).entries()) {
    expect([races[index]?.scope.id, admitted, exhausted + busy, left]).toEqual([
      races[index]?.scope.id,
      fits,
      callers - fits,
      [],
    ]);
    expect(committed).toEqual(amountsOf((kind) => fits * one[kind]));
  }
});

test('so it is for every pace: exactly as many as it allows by then', async () => {
  const paced = limitKinds.flatMap((kind) => pacedPeriods.map((period) => ({ kind, period })));
  const races = paced.map(({ kind, period }) => {
    const scope = scopeOf(`pace of ${kind} ${period}`, [{ kind, period, fits }]);
    const pace = { [kind]: { [period]: { burst: (2 * one[kind]) / unitOf[kind] } } };
    return {
      scope: { ...scope, limits: { ...scope.limits, pace } },
      ...{ callers, worstCase: one, trueCost: one, retry: false },
    };
  });
  for (const [index, { admitted, left }] of (await runRaces(races)).entries()) {
    const { kind, period } = paced[index] ?? expect.unreachable();
    const { began, ends } = windowBy(period, at, timeZone);
    const allowed = 2 * one[kind] + Math.floor((fits * one[kind] * (at - began)) / (ends - began));
    const expected = Math.min(fits, Math.floor(allowed / one[kind]));
    expect([kind, period, admitted, left]).toEqual([kind, period, expected, []]);
  }
});

test('so it is for every pair of limits: the smaller decides', async () => {
  const pairs = every.flatMap((first, index) => every.slice(index + 1).map((second) => [first, second]));
  const races = pairs.map(([first, second], index) => {
    const limited = [first, second].flatMap((each) => each ?? []);
    // Now the first is smaller, now the second.
    const larger = index % 2;
    return {
      scope: scopeOf(
        `pair ${index}`,
        limited.map((each, place) => ({ ...each, fits: place === larger ? fits + 1 : fits })),
      ),
      ...{ callers: callersOfPair, worstCase: one, trueCost: one, retry: false },
    };
  });
  for (const [index, { admitted, left }] of (await runRaces(races)).entries()) {
    expect([races[index]?.scope.limits, admitted, left]).toEqual([races[index]?.scope.limits, fits, []]);
  }
});

test('so it is for every pair of scopes: what the first holds is given back if the second refuses', async () => {
  const pairs = limitScopes.flatMap((first, index) =>
    limitScopes.slice(index + 1).map((second) => [first, second] as const),
  );
  const races = pairs.flatMap(([first, second], index) =>
    limitKinds.map((kind, turn) => {
      const period = limitPeriods[(index + turn) % limitPeriods.length] ?? 'day';
      const place = `${index}-${kind}-${period}`;
      const limitOf = (many: number) => limitsOf([{ kind, period, fits: many }]);
      // Now the first is smaller, now the second.
      const [mine, others] = (index + turn) % 2 === 0 ? [fits, fits + 1] : [fits + 1, fits];
      return {
        scope: scopeNamed(first, place, limitOf(mine)),
        others: [scopeNamed(second, place, limitOf(others))],
        // If the second refuses, the first has held in vain for a moment.
        ...{ callers: callersOfPair, worstCase: one, trueCost: one, retry: false, thenAlone: true },
      };
    }),
  );
  for (const [index, { admitted, left }] of (await runRaces(races)).entries()) {
    const { scope, others } = races[index] ?? expect.unreachable();
    expect([scope, others, left]).toEqual([scope, others, []]);
    expect([scope, others, admitted]).toEqual([scope, others, fits]);
  }
});

test('so it is for a week that began in the month before, whose counters are in another item', async () => {
  const races = every
    .filter(({ kind, period }) => kind !== 'tokens' || period !== 'week')
    .map((other) => ({
      scope: scopeOf(`${other.kind} ${other.period} and a week`, [
        { kind: 'tokens', period: 'week', fits },
        { ...other, fits: fits + 1 },
      ]),
      // If the week refuses, the month has held in vain for a moment.
      ...{ callers: callersOfPair, worstCase: one, trueCost: one, retry: false, thenAlone: true },
      at: Date.parse('2026-12-02T12:00:00Z'),
    }));
  for (const [index, { admitted, left }] of (await runRaces(races)).entries()) {
    expect([races[index]?.scope.id, left]).toEqual([races[index]?.scope.id, []]);
    expect(boundsOf(races[index]?.scope ?? expect.unreachable())).toHaveLength(2);
    expect([races[index]?.scope.id, admitted]).toEqual([races[index]?.scope.id, fits]);
  }
});

test('no more calls are in flight than may be at once, alone or beside any other limit, and none is left behind', async () => {
  const alone = { scope: { ...scopeOf('at once', []), limits: { callsAtOnce: atOnce } }, fits: callers };
  const races = [
    alone,
    ...every.map(({ kind, period }) => {
      const scope = scopeOf(`at once and ${kind} ${period}`, [{ kind, period, fits }]);
      return { scope: { ...scope, limits: { ...scope.limits, callsAtOnce: atOnce } }, fits };
    }),
  ].map((race) => ({ ...race, callers: callersOfPair, worstCase: one, trueCost: one, retry: true }));
  for (const [index, outcome] of (await runRaces(races)).entries()) {
    const { scope, fits: most = 0 } = races[index] ?? {};
    const { admitted, mostAtOnce, inFlight, left } = outcome;
    expect([scope?.id, admitted, left, inFlight]).toEqual([
      scope?.id,
      Math.min(most, callersOfPair),
      [],
      [0],
    ]);
    expect(mostAtOnce).toBeLessThanOrEqual(atOnce);
  }
});

test('near the end of a month, calls at once of both months are counted together', async () => {
  const scope: Scope = { kind: 'team', id: 'both months', limits: { callsAtOnce: atOnce } };
  const race = { scope, callers: callersOfPair, worstCase: one, trueCost: one, retry: true };
  const ends = Date.parse('2026-11-30T23:00:00Z');
  const outcomes = await runRaces([-1000, 1000].map((after) => ({ ...race, at: ends + after })));
  for (const { admitted, inFlight } of outcomes) {
    expect([admitted, new Set(inFlight)]).toEqual([callersOfPair, new Set([0])]);
  }
  expect(overlapOf(outcomes.flatMap(({ times }) => times))).toBeLessThanOrEqual(atOnce);
});

test('over shards, exactly as many are admitted, also while functions that know other numbers of shards spread them', async () => {
  const races = every.flatMap(({ kind, period }, index) =>
    inTurn(
      [
        [4, 4, 4, 4],
        [1, 4, 2, 1],
      ],
      index,
    ).map((shards) => ({
      scope: scopeOf(`${kind} ${period} over shards ${shards}`, [{ kind, period, fits }]),
      ...{ callers: callersOfPair, worstCase: one, trueCost: one, retry: false, shards },
    })),
  );
  for (const [index, { admitted, exhausted, busy, left }] of (await runRaces(races)).entries()) {
    const { scope, shards = [] } = races[index] ?? {};
    expect([scope?.id, admitted + exhausted + busy, left]).toEqual([scope?.id, callersOfPair, []]);
    expect(admitted).toBeLessThanOrEqual(fits);
    // What the first item had taken before it was closed may leave parts that are not a multiple of a call.
    expect(admitted).toBeGreaterThan(fits - (new Set(shards).size === 1 ? 1 : Math.max(...shards)));
  }
});

test('over shards, no more calls are in flight than may be at once', async () => {
  const races = [
    [4, 4, 4, 4],
    [1, 4, 2, 1],
  ].map((shards) => ({
    scope: { ...scopeOf(`at once over shards ${shards}`, []), limits: { callsAtOnce: atOnce } },
    ...{ callers: callersOfPair, worstCase: one, trueCost: one, retry: true, shards },
  }));
  for (const { admitted, mostAtOnce, inFlight, left } of await runRaces(races)) {
    expect([admitted, inFlight, left]).toEqual([callersOfPair, [0], []]);
    expect(mostAtOnce).toBeLessThanOrEqual(atOnce);
  }
});

test('over shards, less than one hold is left over in each', async () => {
  const scope: Scope = { kind: 'team', id: 'dear over shards', limits: { tokens: { month: 5000 } } };
  const worstCase = { ...nothing, requests: 1, tokens: 400 };
  const trueCost = { ...nothing, requests: 1, tokens: 150 };
  const { committed, left } = await runRace({
    ...{ callers: Number(full ?? 60), scope, worstCase, trueCost, retry: true, shards: [4, 4, 4, 4] },
  });
  const charged = committed?.tokens ?? 0;
  expect(charged).toBeLessThanOrEqual(5000);
  expect(5000 - charged).toBeLessThan(4 * worstCase.tokens);
  expect(left).toEqual([]);
});

test('if a hold is more than the true cost, less than one hold is left over, and no call is refused early', async () => {
  const scope: Scope = { kind: 'team', id: 'dear', limits: { tokens: { month: 5000 } } };
  const worstCase = { ...nothing, requests: 1, tokens: 400 };
  const trueCost = { ...nothing, requests: 1, tokens: 150 };
  const { committed, left, leastUsedWhenExhausted } = await runRace({
    ...{ callers: 200, scope, worstCase, trueCost, retry: true },
  });
  const charged = committed?.tokens ?? 0;
  expect(charged).toBeLessThanOrEqual(5000);
  expect(5000 - charged).toBeLessThan(worstCase.tokens);
  expect(leastUsedWhenExhausted + worstCase.tokens).toBeGreaterThan(5000);
  expect(left).toEqual([]);
});

test('callers who do not try again get a refusal that allows a retry', async () => {
  const impatient = Number(full ?? 200);
  const scope: Scope = { kind: 'team', id: 'impatient', limits: { tokens: { month: 5000 } } };
  const worstCase = { ...nothing, requests: 1, tokens: 2500 };
  const trueCost = { ...nothing, requests: 1, tokens: 1 };
  const { admitted, busy, exhausted } = await runRace({
    ...{ callers: impatient, scope, worstCase, trueCost, retry: false },
  });
  expect(admitted).toBeGreaterThanOrEqual(2);
  expect(admitted + busy).toBe(impatient);
  expect(exhausted).toBe(0);
});
