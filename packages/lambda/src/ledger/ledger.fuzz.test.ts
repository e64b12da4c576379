import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type ErrorCode,
  type LimitPeriod,
  type LimitStatus,
  type Limits,
  limitKinds,
  limitPeriods,
  longestCallMs,
} from '@org/contract';
import {
  accessAttributes,
  accessKey,
  attributeValues,
  believedForMs,
  committedAttribute,
  countersKey,
  keyAttributes,
  numberOf,
  readItem,
  shardsAttribute,
  windowAttributes,
} from '@org/table';
import { openTable } from '@org/table/testing/in-process-table';
import { tableName } from '@org/table/testing/test-table';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { afterAll, expect, test } from 'vitest';
import { scopesOf } from '../call/scopes.ts';
import { type Config, readConfig } from '../config.ts';
import type { MemberLimits, PlanAccess, ProxyEnvironment } from '../environment.ts';
import { createKeyDirectory, type KeyDirectory } from '../keys/key-directory.ts';
import { ProxyError } from '../proxy-error.ts';
import { runs } from '../testing/fuzz.ts';
import { type Fault, network, Work } from '../testing/ledger/faulty-network.ts';
import {
  type Asked,
  boundsOf,
  type Entry,
  type Place,
  ReferenceLedger,
} from '../testing/ledger/reference-ledger.ts';
import { type Call, model, type Scenario, scenario } from '../testing/ledger/scenario.ts';
import { windowBy } from '../testing/ledger/window-by.ts';
import { type Amounts, amountsOf, nothing, unitOf } from './amounts.ts';
import { CounterTable } from './counter-table.ts';
import { createLedger, type Hold, type Ledger } from './ledger.ts';
import { momentOf } from './moment.ts';
import type { Scope } from './scope.ts';

/** An API key, and its operator's changes. */
interface Key {
  readonly own: Limits | undefined;
  /** Ids of its values. The key's own limits count under the first. */
  readonly ids: string[];
  /** Its teams, with the time that it joined each. */
  readonly teams: { readonly team: string; readonly since: number }[];
}

/** A function instance. */
interface Process {
  readonly directory: KeyDirectory;
  readonly ledger: Ledger;
}

/** A call whose caller is known. */
interface Begun {
  readonly call: Call;
  readonly asked: Asked;
  readonly scopes: readonly Scope[];
  readonly process: Process;
}

/** A call that asks for room, with the reference's record of it. */
interface Asking extends Pick<Begun, 'asked' | 'scopes'> {
  readonly entries: readonly Entry[];
}

/** A call in flight. */
interface Running {
  readonly call: Call;
  readonly asked: Asked;
  readonly hold: Hold;
  readonly entries: readonly Entry[];
  readonly endsAtStep: number;
}

/** The number of things tried. A long run prints it. */
const tried = {
  deployments: 0,
  calls: 0,
  admitted: 0,
  paced: 0,
  requests: 0,
  faults: 0,
  deaths: 0,
  unsettled: 0,
};
const refused: Partial<Record<ErrorCode, number>> = {};

/**
 * Two functions with the real directory of keys and the real ledger, on a table of DynamoDB; beside them the reference
 * ledger, which knows their allowed answers and counts.
 */
class Deployment {
  readonly #client: DynamoDBClient;
  readonly #reference: ReferenceLedger;
  readonly #timeZone: string;
  /** Each with the plan of the same place. */
  readonly #teams: readonly string[];
  readonly #keys: Key[];
  readonly #plans: Pick<PlanAccess, 'limits' | 'shards'>[];
  readonly #members: readonly MemberLimits[];
  readonly #faulty: boolean;
  readonly #works: Work[] = [];
  #processes: Process[] = [];
  #running: Running[] = [];
  #now: number;

  constructor(client: DynamoDBClient, { timeZone, begins, plans, members, own, faulty }: Scenario) {
    this.#client = client;
    this.#timeZone = timeZone;
    this.#reference = new ReferenceLedger(timeZone);
    this.#now = Temporal.PlainDateTime.from(begins).toZonedDateTime(timeZone).epochMilliseconds;
    this.#plans = [...plans];
    this.#members = members;
    this.#faulty = faulty;
    tried.deployments += 1;
    this.#teams = ['red', 'blue'].map((name) => `${name}${tried.deployments}`);
    this.#keys = own.map((limits, index) => ({
      own: limits,
      ids: [`key${index}of${tried.deployments}`],
      teams: [{ team: this.#teams[index % 2] ?? '', since: 0 }],
    }));
  }

  async play(steps: Scenario['steps']): Promise<void> {
    this.#deploy();
    for (const key of this.#keys) await this.#write(key);
    for (const [index, { pause, change, calls }] of steps.entries()) {
      const due = typeof pause === 'number' ? this.#now + pause : this.#endOf(pause, this.#now);
      // Calls end in their time, however long the pause is.
      await this.#together(
        [],
        this.#take(({ asked, call }) => asked.at + longestOf(call) <= due + 2000),
      );
      this.#now = due;
      if (change) await this.#change(change);
      const ending = this.#take(({ endsAtStep }) => endsAtStep <= index);
      await this.#together(calls, ending, index);
    }
    await this.#together(
      [],
      this.#take(() => true),
    );
    await this.#audit();
    tried.faults += this.#works.reduce((total, { met }) => total + met, 0);
    tried.deaths += this.#works.filter(({ died }) => died).length;
  }

  #take(isTaken: (running: Running) => boolean): Running[] {
    const taken = this.#running.filter(isTaken);
    this.#running = this.#running.filter((one) => !taken.includes(one));
    return taken;
  }

  /** Calls begin and end at once. Then each outcome is checked against the amounts possibly committed on the way. */
  async #together(calls: readonly Call[], ending: readonly Running[], step = 0): Promise<void> {
    const beginning = (await Promise.all(calls.map((call) => this.#callerOf(call)))).flatMap(
      (found) => found ?? [],
    );
    const opened = beginning.map((one) => ({ ...one, entries: this.#reference.open(one.scopes, one.asked) }));
    const settling = ending
      .filter(({ call }) => call.end.kind !== 'dead')
      .map((running) => ({
        running,
        charge: chargeOf(running),
        work: this.#work(running.call.faults.settle),
      }));
    for (const { running, charge } of settling) {
      for (const entry of running.entries) {
        entry.least = amountsOf((kind) => Math.min(charge[kind], entry.worstCase[kind]));
        entry.most = amountsOf((kind) => Math.max(charge[kind], entry.worstCase[kind]));
        entry.settled = 'perhaps';
        entry.inFlight = 'perhaps';
      }
    }

    const [held, settled] = await Promise.all([
      Promise.all(opened.map((one) => this.#hold(one))),
      Promise.all(
        settling.map(({ running, charge, work }) =>
          work.run(({ settle }) => running.hold.settle(charge, settle)),
        ),
      ),
    ]);

    // Checked against the widest ranges: those before any is narrowed.
    const narrower: (() => void)[] = [];
    for (const [index, { running, charge, work }] of settling.entries()) {
      const settlement = settled[index];
      if (settlement === undefined || settlement === 'died') continue;
      if (settlement.failure !== undefined) {
        expect(work.met > 0, String(settlement.failure)).toBe(true);
        tried.unsettled += 1;
        continue;
      }
      for (const status of settlement.limits) this.#judgeStatus(running.entries, status);
      narrower.push(() => {
        for (const entry of running.entries)
          Object.assign(entry, { least: charge, most: charge, settled: 'yes', inFlight: 'no' });
      });
    }
    // By the refusals before: of calls that ran side by side, one may be let in before another is refused.
    const refusedBefore = opened.map(({ scopes, asked }) => this.#reference.wasRefusedForGood(scopes, asked));
    for (const [index, { call, asked, scopes, entries }] of opened.entries()) {
      const { outcome, work } = held[index] ?? expect.unreachable();
      if (outcome === 'died') continue;
      if (outcome instanceof ProxyError) {
        this.#judgeRefusal(outcome, { scopes, asked, entries }, work.met > 0);
        // Earlier scopes give their holds back, unless that fails.
        if (work.met === 0)
          narrower.push(
            () => void entries.map((entry) => Object.assign(entry, { most: nothing, inFlight: 'no' })),
          );
        continue;
      }
      expect(this.#reference.answers(scopes, asked, entries)).toContain('admitted');
      expect(refusedBefore[index], 'A refusal was final.').toBe(false);
      tried.admitted += 1;
      narrower.push(
        () => void entries.map((entry) => Object.assign(entry, { least: asked.worstCase, inFlight: 'yes' })),
      );
      this.#running.push({ call, asked, hold: outcome, entries, endsAtStep: step + 1 + call.lasts });
    }
    for (const narrow of narrower) narrow();
  }

  /** The caller, as a function finds it; undefined if the lookup fails or the function dies. */
  async #callerOf(call: Call): Promise<Begun | undefined> {
    tried.calls += 1;
    const key = this.#keys[call.key] ?? expect.unreachable();
    const id = key.ids[call.value % key.ids.length] ?? '';
    const asked: Asked = { at: this.#now + call.skewMs, duration: call.duration, worstCase: call.worstCase };
    const process = this.#processes[call.process] ?? expect.unreachable();
    const work = this.#work(call.faults.lookup);
    const caller = await work
      .run(({ hold }) => process.directory(id, hold, asked.at))
      .catch((error: unknown) => {
        expect(error).toSatisfy(
          (thrown) => thrown instanceof ProxyError && thrown.hasCode('limits_unavailable'),
        );
        expect(work.met > 0).toBe(true);
      });
    if (!caller || caller === 'died') return undefined;
    const { person, customer } = call;
    const scopes = await scopesOf({ ...caller, person }, { customer, model });
    // A function may use an old item for a minute.
    const believable = key.teams.filter(
      (_, index) => (key.teams[index + 1]?.since ?? Number.POSITIVE_INFINITY) > this.#now - believedForMs,
    );
    expect(believable.map(({ team }) => this.#scopesOf(key, team, call))).toContainEqual(scopes);
    return { call, asked, scopes, process };
  }

  #scopesOf({ own, ids: [first = ''] }: Key, team: string, { person, customer }: Call): Scope[] {
    const { limitsPerCustomer, limitsPerPerson, limitsPerModel } =
      this.#members[this.#teams.indexOf(team)] ?? {};
    const { limits = {}, ...plan } = this.#plans[this.#teams.indexOf(team)] ?? {};
    return [
      ...(limitsPerCustomer
        ? [{ kind: 'customer' as const, team, id: customer ?? '', limits: limitsPerCustomer }]
        : []),
      ...(limitsPerPerson && person
        ? [{ kind: 'person' as const, team, id: person, limits: limitsPerPerson }]
        : []),
      ...(limitsPerModel?.[model]
        ? [{ kind: 'model' as const, team, id: model, limits: limitsPerModel[model] }]
        : []),
      ...(own ? [{ kind: 'key' as const, id: first, limits: own }] : []),
      { kind: 'team', id: team, ...plan, limits },
    ];
  }

  async #hold({ call, asked, scopes, process }: Begun) {
    const work = this.#work(call.faults.hold);
    const outcome = await work
      .run((signals) => process.ledger.hold({ scopes, ...asked }, signals))
      .catch((error: unknown) => {
        if (error instanceof ProxyError) return error;
        throw error;
      });
    return { outcome, work };
  }

  #judgeRefusal(refusal: ProxyError, { scopes, asked, entries }: Asking, faulty: boolean): void {
    const { code } = refusal.statement;
    refused[code] = (refused[code] ?? 0) + 1;
    if (code === 'limits_unavailable') {
      expect(faulty, 'Nothing was the matter with the table.').toBe(true);
      return;
    }
    expect(this.#reference.answers(scopes, asked, entries)).toContain(code);
    const details =
      (refusal.hasCode('quota_exceeded') || refusal.hasCode('rate_limited')) && refusal.statement.details;
    if (!details) return;
    const { limit, period, scope: kind, max, used, resetsAt = '' } = details;
    const scope = scopes.find((one) => one.kind === kind) ?? expect.unreachable();
    if (limit === 'callsAtOnce' || period === undefined) {
      expect([limit, max]).toEqual(['callsAtOnce', scope.limits.callsAtOnce]);
      if (this.#reference.shardsOf(scope) === 1) expect(used).toBeGreaterThanOrEqual(max);
      return;
    }
    expect(max).toBeCloseTo(scope.limits[limit]?.[period] ?? Number.NaN, 6);
    expect(used * unitOf[limit]).toBeLessThan(
      this.#reference.used(scope, { limit, period }, asked.at).most + 0.5,
    );
    expect(Date.parse(resetsAt)).toBe(this.#endOf(period, asked.at));
    if (code === 'quota_exceeded') {
      this.#reference.close(scope, { limit, period }, asked);
      return;
    }
    if (refusal.hasCode('rate_limited') && refusal.statement.details?.allowedNow !== undefined) {
      const { allowedNow } = refusal.statement.details;
      tried.paced += 1;
      const bound =
        boundsOf(scope).find((one) => one.limit === limit && one.period === period) ?? expect.unreachable();
      expect(allowedNow * unitOf[limit]).toBeCloseTo(this.#reference.allowed(bound, asked.at), 3);
      // Over shards, no part of it may be large enough.
      if (this.#reference.shardsOf(scope) === 1) {
        expect((used - allowedNow) * unitOf[limit] + asked.worstCase[limit]).toBeGreaterThan(0);
      }
      expect(refusal.retryAfterSeconds).toBeGreaterThan(0);
      return;
    }
    expect(period).toBe('minute');
    const seconds = (this.#endOf(period, asked.at) - asked.at) / 1000;
    expect(refusal.retryAfterSeconds).toBe(Math.ceil(seconds));
  }

  #judgeStatus(entries: readonly Entry[], status: LimitStatus): void {
    const { scope, at } = entries.find((entry) => entry.scope.kind === status.scope) ?? expect.unreachable();
    const limit = limitKinds.find((kind) => kind === status.limit) ?? expect.unreachable();
    const period = limitPeriods.find((one) => one === status.period) ?? expect.unreachable();
    const atOnce = this.#reference.shardsOf(scope) === 1;
    this.#judgeUsed(scope, { limit, period }, at, Math.round(status.used * unitOf[limit]), atOnce);
    expect(status.remaining).toBeCloseTo(Math.max(0, status.max - status.used), 6);
  }

  #endOf(period: LimitPeriod, at: number): number {
    return windowBy(period, at, this.#timeZone).ends;
  }

  #judgeUsed(scope: Scope, place: Place, at: number, used: number, atOnce = true): void {
    const { least, most } = this.#reference.used(scope, place, at, atOnce);
    if (used >= least && used <= most) return;
    const { limit, period } = place;
    expect.fail(
      `${used} ${limit} of a ${period} of ${scope.kind} ${scope.id}, and not from ${least} to ${most}`,
    );
  }

  /** Checks the final table: each kind and period is in its allowed range, and nothing is below 0. */
  async #audit(): Promise<void> {
    const location = { client: this.#client, table: tableName };
    for (const [name, entries] of this.#reference.scopes()) {
      const [{ scope } = expect.unreachable()] = entries;
      const months = new Map(entries.map((entry) => [entry.when.month, entry]));
      // Shorter windows that a later call has left behind are gone.
      const newest = entries.reduce((latest, entry) => (entry.at > latest.at ? entry : latest));
      for (const entry of [...months.values(), newest]) {
        const moment = momentOf(entry.at, this.#timeZone);
        for (const period of entry === newest ? limitPeriods : (['month'] as const)) {
          const window = moment.windows[period];
          const first = (await readItem(location, countersKey(scope, window.month))) ?? {};
          const items = [first];
          for (let shard = 0; shard < numberOf(first, shardsAttribute); shard += 1) {
            items.push((await readItem(location, countersKey(scope, window.month, shard))) ?? {});
          }
          const below = items
            .flatMap(windowAttributes)
            .filter(({ amount, window: { period: counted } }) => amount < 0 && counted !== 'minute');
          expect(below, name).toEqual([]);
          for (const limit of limitKinds) {
            const counts = items.map((item) => numberOf(item, committedAttribute(limit, window)));
            const used = counts.reduce((sum, count) => sum + count, 0);
            this.#judgeUsed(scope, { limit, period }, moment.at, used);
          }
        }
      }
    }
  }

  #work(faults: readonly (Fault | undefined)[]): Work {
    const work = new Work(this.#faulty ? faults : []);
    this.#works.push(work);
    return work;
  }

  async #change(change: NonNullable<Scenario['steps'][number]['change']>): Promise<void> {
    if (change.kind === 'deploy') {
      this.#plans[change.plan] = { limits: change.limits, shards: change.shards };
      this.#deploy();
      return;
    }
    const key = this.#keys[change.key] ?? expect.unreachable();
    if (change.kind === 'rotate') key.ids.push(`${key.ids[0]}n${key.ids.length + 1}`);
    else key.teams.push({ team: this.#teams[change.team] ?? '', since: this.#now });
    await this.#write(key);
  }

  /** Functions with the current plans and an empty memory. */
  #deploy(): void {
    const environment: ProxyEnvironment = {
      metrics: 'proxy-test',
      models: [model],
      plans: Object.fromEntries(
        this.#teams.map((team, index) => [
          `plan-${team}`,
          { models: [model], ...this.#plans[index], ...this.#members[index] },
        ]),
      ),
      timeZone: this.#timeZone,
      teams: Object.fromEntries(this.#teams.map((team) => [team, `plan-${team}`])),
      keys: {},
    };
    const config: Config = readConfig({
      AWS_REGION: 'us-east-1',
      PROXY_TABLE: tableName,
      PROXY_CONFIG: JSON.stringify(environment),
    });
    const client = this.#client;
    // The same in each run of a scenario.
    let seed = 0;
    const random = () => {
      seed = (seed * 9301 + 49_297) % 233_280;
      return seed / 233_280;
    };
    this.#processes = [0, 1].map(() => ({
      directory: createKeyDirectory({ client, config, now: () => this.#now }),
      ledger: createLedger(new CounterTable({ client, table: tableName }), config.timeZone, [], random),
    }));
  }

  /** The items of all values of a key. */
  async #write({ own, ids, teams }: Key): Promise<void> {
    for (const id of ids) {
      const access = {
        team: teams.at(-1)?.team ?? '',
        limits: own,
        countedAs: id === ids[0] ? undefined : ids[0],
      };
      const Item = { ...keyAttributes(accessKey(id)), ...attributeValues(accessAttributes(access)) };
      await this.#client.send(new PutItemCommand({ TableName: tableName, Item }));
    }
  }
}

const longestOf = ({ duration }: Call) => (duration === 'short' ? longestCallMs.whole : longestCallMs.stream);

function chargeOf({ call, asked: { worstCase } }: Running): Amounts {
  if (call.end.kind !== 'settled') return nothing;
  const { share } = call.end;
  return { ...amountsOf((kind) => Math.floor(worstCase[kind] * share)), requests: 1 };
}

afterAll(() => {
  if (process.env['FUZZ_RUNS']) process.stdout.write(`${JSON.stringify({ ...tried, refused })}\n`);
});

test(
  'whatever the calls, and however requests to DynamoDB end, the ledger answers and counts correctly',
  async () => {
    // Several at once, because a throttled settlement waits before it tries again.
    const lanes = 8;
    const { numRuns } = runs(600);
    const client = await openTable((send, signal) => {
      tried.requests += 1;
      return network(send, signal);
    });
    await Promise.all(
      Array.from({ length: lanes }, () =>
        fc.assert(
          fc.asyncProperty(scenario, (one) => new Deployment(client, one).play(one.steps)),
          // To make a failure smaller takes longer than the test may.
          { numRuns: Math.ceil(numRuns / lanes), endOnFailure: true },
        ),
      ),
    );
  },
  // Half a minute; several minutes on a busy machine.
  600_000 * Math.max(1, Number(process.env['FUZZ_RUNS'] ?? 1)),
);
