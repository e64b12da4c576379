import { type Limits, limitPeriods } from '@org/contract';
import { type ProxyConfig, parseProxyConfig } from '@org/infra/config';
import type { ModelCall } from '@org/lambda/call/call';
import { refuseUnpriced } from '@org/lambda/call/choose';
import { trueCostOf, worstCaseOf } from '@org/lambda/call/meter';
import { type Caller, type ChosenModel, callerOf } from '@org/lambda/config';
import { type Amounts, unitOf } from '@org/lambda/ledger/amounts';
import { createLedger } from '@org/lambda/ledger/ledger';
import { momentIn } from '@org/lambda/ledger/moment';
import { boundsOf } from '@org/lambda/ledger/scope';
import { ProxyError } from '@org/lambda/proxy-error';
import { runs } from '@org/lambda/testing/fuzz';
import {
  aliasOf,
  type BilledTokens,
  type CacheTtl,
  cacheTtlsOf,
  definitionOf,
  type ModelDefinition,
  type Price,
  priceIn,
  serviceTiers,
} from '@org/models';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryCounters } from '../replay/memory-counters.ts';
import { costStatement } from './cost-statement.ts';

const rate = fc.integer({ min: 1, max: 5000 }).map((hundredths) => hundredths / 100);
const rates = fc.record(
  { input: rate, output: rate, cacheRead: rate, cacheWrite: rate, cacheWrite1h: rate },
  { requiredKeys: ['input', 'output'] },
);
const price: fc.Arbitrary<Price> = fc
  .tuple(
    rates,
    fc.record(
      {
        longContext: fc
          .tuple(rates, fc.integer({ min: 1, max: 3000 }))
          .map(([long, above]) => ({ ...long, above })),
        tiers: fc.record({ priority: rates, flex: rates }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([standard, rest]) => ({ ...standard, ...rest }));

const common = {
  modelId: fc.constant('maker.model-v1:0'),
  maxOutputTokens: fc.integer({ min: 1, max: 3000 }),
  lifecycle: fc.constant({ status: 'active' as const }),
  contextTokens: fc.integer({ min: 20, max: 6000 }),
  templateTokens: fc.constant(10),
};
const usual = Object.keys(common).filter((name) => name !== 'contextTokens');
const model = fc.oneof(
  fc.record(
    {
      ...common,
      upstream: fc.constant('converse'),
      capabilities: fc.constant(['system', 'history', 'stream']),
      cache: fc.record(
        {
          implicit: fc.boolean(),
          points: fc.record({
            ttls: fc.constantFrom(['5m'], ['5m', '1h']),
            minimumTokens: fc.constant(1),
            most: fc.constant(4),
            parts: fc.constant(['messages']),
          }),
        },
        { requiredKeys: ['implicit'] },
      ),
      serviceTiers: fc.subarray([...serviceTiers]),
    },
    { requiredKeys: [...usual, 'upstream', 'capabilities'] as never[] },
  ),
  fc.record({ ...common, upstream: fc.constant('invoke'), format: fc.constant('llama') }),
  fc.record({
    ...common,
    maxOutputTokens: fc.constant(0),
    upstream: fc.constant('embed'),
    format: fc.constant('titan-embed'),
  }),
);

/** Of a kind: small enough for a caller to reach within the test. */
const limit = (...most: number[]) => fc.constantFrom(null, 0, ...most);
const period = (max: fc.Arbitrary<number | null>) =>
  fc.dictionary(fc.constantFrom(...limitPeriods), max, { maxKeys: 3 });
const limits = fc.record(
  {
    requests: period(limit(1, 7, 40)),
    tokens: period(limit(500, 9000, 60_000)),
    usd: period(limit(0.01, 0.2, 1.5)),
  },
  { requiredKeys: [] },
);
const plan = fc.record(
  {
    throttle: fc.constantFrom({ rate: 0.000_01, burst: 2 }, { rate: 100, burst: 100 }),
    quota: fc.constantFrom(
      { limit: 2, period: 'DAY' },
      { limit: 5, period: 'WEEK' },
      { limit: 30, period: 'MONTH', offset: 20 },
      { limit: 1_000_000, period: 'DAY' },
    ),
    models: fc.subarray(['first', 'second', 'third'], { minLength: 1 }),
    maxTokens: fc.integer({ min: 1, max: 2000 }),
    limits,
  },
  { requiredKeys: ['throttle', 'quota', 'models'] },
);
const config = fc
  .record({
    models: fc.tuple(model, model, model),
    prices: fc.record({ first: price, second: price, third: price }, { requiredKeys: ['first', 'second'] }),
    plan,
    keys: fc.array(fc.option(limits, { nil: undefined }), { maxLength: 2 }),
    signIn: fc.boolean(),
    timeZone: fc.constantFrom('UTC', 'Europe/Berlin'),
  })
  .map(({ models, prices, plan, keys, signIn, timeZone }) => ({
    timeZone,
    name: 'proxy',
    stage: 'test',
    region: 'us-east-1',
    models: ['first', 'second', 'third'].map((alias, index) => ({ alias, ...models[index] })),
    prices,
    plans: { plan },
    teams: {
      acme: { plan: 'plan', keys: keys.map((own, index) => ({ name: `key-${index}`, limits: own })) },
    },
    ...(signIn && { signIn: { issuer: 'https://login.example.com', audience: 'app' } }),
  }));

/** A call that a model can be asked for, and the dearest that it can turn out. */
interface Candidate {
  readonly call: ModelCall;
  readonly model: ChosenModel;
  readonly worstCase: Amounts;
  readonly cost: Amounts;
}

function* candidatesFor(caller: Caller, config: ProxyConfig): Iterable<Candidate> {
  for (const offered of config.models) {
    const alias = aliasOf(offered);
    const definition = definitionOf(offered);
    if (!definition || !caller.models.includes(alias)) continue;
    const model: ChosenModel = { alias, definition, modelId: alias, price: priceIn(config, offered) };
    for (const { call, ttl } of callsOf(definition, caller.maxTokens)) {
      try {
        refuseUnpriced(call, model, caller.scopes);
        const worstCase = worstCaseOf(call, model);
        for (const usage of usagesOf(call, definition, worstCase, ttl)) {
          yield { call, model, worstCase, cost: trueCostOf(usage, model.price, call) };
        }
      } catch (error) {
        if (!(error instanceof ProxyError)) throw error;
      }
    }
  }
}

function* callsOf(
  definition: ModelDefinition,
  most = Number.POSITIVE_INFINITY,
): Iterable<{ readonly call: ModelCall; readonly ttl?: CacheTtl | undefined }> {
  const text = (length: number) => 'x'.repeat(length);
  if (definition.upstream === 'embed') {
    for (const strings of [1, 2048]) {
      yield { call: { kind: 'embed', inputs: Array.from({ length: strings }, () => text(6000)) } };
    }
    return;
  }
  const maxOutput = Math.min(definition.maxOutputTokens, most);
  const isConverse = definition.upstream === 'converse';
  const ttls = isConverse ? (definition.cache?.points?.ttls ?? []) : [];
  for (const serviceTier of [undefined, ...((isConverse && definition.serviceTiers) || [])]) {
    for (const ttl of [undefined, ...ttls]) {
      for (const length of [1, 900, 7000]) {
        for (const maxTokens of new Set([1, maxOutput])) {
          const point = ttl ? [{ type: 'cache_point' as const, ttl }] : [];
          const blocks = [{ type: 'text' as const, text: text(length) }, ...point];
          yield {
            call: { kind: 'chat', messages: [{ role: 'user', blocks }], maxTokens, serviceTier },
            ttl,
          };
        }
      }
    }
  }
}

/** As many tokens as were held, each billed in one of the ways that are possible. */
function usagesOf(
  call: ModelCall,
  definition: ModelDefinition,
  { tokens }: Amounts,
  ttl: CacheTtl | undefined,
): BilledTokens[] {
  const outputTokens = call.kind === 'chat' ? call.maxTokens : 0;
  const input = tokens - outputTokens;
  const written = cacheTtlsOf(definition, ttl ? [ttl] : []);
  return [
    { inputTokens: input, outputTokens },
    ...(written.length > 0 ? [{ inputTokens: 0, cacheReadTokens: input, outputTokens }] : []),
    ...written.map((kept) => ({
      inputTokens: 0,
      [kept === '1h' ? 'cacheWrite1hTokens' : 'cacheWriteTokens']: input,
      outputTokens,
    })),
  ];
}

/** What callers prefer: the dearest call, or the dearest for what it takes of another limit. */
const greeds = {
  call: ({ cost }: Candidate) => cost.usd,
  token: ({ cost }: Candidate) => cost.usd / cost.tokens,
  hold: ({ cost, worstCase }: Candidate) => cost.usd / Math.max(1, worstCase.usd),
};

/** API Gateway's limits of one key, as its documents describe them: a quota by calendar, and a bucket of tokens. */
class Gate {
  readonly #plan: ProxyConfig['plans'][string];
  readonly #used = new Map<string, number>();
  #bucket: number;
  #at: number;

  constructor(plan: ProxyConfig['plans'][string], at: number) {
    this.#plan = plan;
    this.#bucket = plan.throttle.burst;
    this.#at = at;
  }

  admits(at: number): boolean {
    const { throttle, quota } = this.#plan;
    this.#bucket = Math.min(throttle.burst, this.#bucket + ((at - this.#at) / 1000) * throttle.rate);
    this.#at = at;
    const day = Math.floor(at / dayMs);
    // The first of January 1970 was a Thursday, and weeks begin on Mondays.
    const month = new Date(at).toISOString().slice(0, 7);
    const periods = { DAY: `${day}`, WEEK: `${Math.floor((day + 3) / 7)}`, MONTH: month };
    const period = periods[quota.period];
    const used = this.#used.get(period) ?? 0;
    if (used >= quota.limit || this.#bucket < 1) return false;
    this.#used.set(period, used + 1);
    this.#bucket -= 1;
    return true;
  }
}

const dayMs = 86_400_000;
const { signal } = new AbortController();

/**
 * Spends all that the limits of a team let through in October, in which Berlin's clocks are set back. Returns the USD, and
 * the number of calls.
 */
async function spendAll(
  config: ProxyConfig,
  keys: ProxyConfig['teams'][string]['keys'],
  greed: keyof typeof greeds,
) {
  const plan = config.plans['plan'];
  if (!plan) throw new TypeError('The config has no plan');
  const ledger = createLedger(new MemoryCounters(), config.timeZone);
  const { began, ends } = momentIn('2026-10', config.timeZone).windows.month;
  const owners = [...keys.map(({ limits: own }) => own), ...(config.signIn ? [undefined] : [])];
  const callers = owners.map((own, index) => {
    const key = { keyId: `key${index}`, team: 'acme', plan: 'plan', limits: own };
    const caller = callerOf(key, plan);
    const candidates = [...candidatesFor(caller, config)].toSorted(
      (one, other) => greeds[greed](other) - greeds[greed](one),
    );
    return { caller, candidates: new Set(candidates), gate: new Gate(plan, began) };
  });
  let [spent, calls, tries] = [0, 0, 0];
  // Once in every window of the shortest limit, so that each is used up as often as it can be.
  for (let at = began; at < ends && calls < mostCalls && tries < mostTries; at += stepMs(plan, owners)) {
    for (const { caller, candidates, gate } of callers) {
      for (const candidate of candidates) {
        const { worstCase, cost } = candidate;
        const hold = () =>
          ledger.hold(
            { scopes: caller.scopes, worstCase, duration: 'short', at },
            { hold: signal, settle: signal },
          );
        // More calls than this only cost more without limits, and are no more a test of them.
        while (calls < mostCalls) {
          tries += 1;
          const held = await hold().catch((error: unknown) => {
            if (!(error instanceof ProxyError)) throw error;
            const waits =
              (error.hasCode('quota_exceeded') || error.hasCode('rate_limited')) &&
              error.statement.details?.period !== 'month';
            if (!waits) candidates.delete(candidate);
          });
          if (!held) break;
          if (!gate.admits(at)) {
            await held.settle({ requests: 0, tokens: 0, usd: 0 }, signal);
            break;
          }
          await held.settle(cost, signal);
          spent += cost.usd / unitOf.usd;
          calls += 1;
        }
      }
    }
  }
  return { spent, calls };
}

const mostCalls = 400;
const mostTries = 1000;

/** How far the greediest go at a time. */
function stepMs(plan: ProxyConfig['plans'][string], owners: readonly (Limits | undefined)[]): number {
  const limited = [plan.limits ?? {}, ...owners.map((own) => own ?? {})].flatMap((each) =>
    boundsOf({ limits: each }).map(({ period }) => period),
  );
  if (limited.includes('minute')) return 60_000;
  return limited.includes('hour') ? 3_600_000 : dayMs / 2;
}

/** The charge of each call is rounded up to a whole micro-USD. */
const rounding = (calls: number) => calls / unitOf.usd + 1e-9;

function parsed(value: unknown): ProxyConfig {
  try {
    return parseProxyConfig(value);
  } catch {
    // A limit in USD on a model without a price, for example.
    return fc.pre(false) as never;
  }
}

test('the greediest callers of a config cannot spend more in a month than its statement says', async () => {
  await fc.assert(
    fc.asyncProperty(
      config,
      fc.constantFrom(...(Object.keys(greeds) as (keyof typeof greeds)[])),
      async (value, greed) => {
        const config = parsed(value);
        const {
          teams: [team],
          plans: [plan],
          usd,
        } = costStatement(config);
        const { spent, calls } = await spendAll(config, config.teams['acme']?.keys ?? [], greed);
        expect(usd).toBe(team?.usd);
        if (typeof usd === 'number') expect(spent).toBeLessThanOrEqual(usd + rounding(calls));
        // A team that is made at run time has as many keys as it is given.
        if (typeof plan?.furtherTeam === 'number') {
          const more = [
            { name: 'one', enabled: true },
            { name: 'two', enabled: true },
          ];
          const further = await spendAll({ ...config, signIn: undefined }, more, greed);
          expect(further.spent).toBeLessThanOrEqual(plan.furtherTeam + rounding(further.calls));
        }
      },
    ),
    runs(60),
  );
});
