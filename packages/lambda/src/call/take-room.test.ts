import type { Limits } from '@org/contract';
import { catalogue } from '@org/models';
import { startTestTable, type TestTable, tableName } from '@org/table/testing/test-table';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ChosenModel } from '../config.ts';
import { exceeds } from '../ledger/amounts.ts';
import { CounterTable } from '../ledger/counter-table.ts';
import { createLedger, type Hold, type Ledger } from '../ledger/ledger.ts';
import type { Scope } from '../ledger/scope.ts';
import { ProxyError } from '../proxy-error.ts';
import { runs } from '../testing/fuzz.ts';
import { ample } from '../testing/upstream-call.ts';
import type { ModelCall, ModelChatCall } from './call.ts';
import { trueCostOf, worstCaseOf } from './meter.ts';
import { type Fit, prepare } from './prepare.ts';
import { type Room, takeRoom } from './take-room.ts';

let table: TestTable;
let ledger: Ledger;
beforeAll(async () => {
  table = await startTestTable();
  ledger = createLedger(new CounterTable({ client: table.client, table: tableName }), 'UTC');
});
afterAll(() => table.close());

const counted: ModelCall[] = [];
let count: () => Promise<number> = async () => 500;
beforeEach(() => {
  counted.length = 0;
  count = async () => 500;
});

const at = Date.parse('2026-11-22T12:00:00Z');
const price = { input: 3, output: 15 };
const claude: ChosenModel = {
  alias: 'claude',
  definition: catalogue['claude-sonnet-4.6'],
  modelId: 'us.anthropic.claude-sonnet-4-6',
  price,
};

/** Some 500 tokens, and at the most 2,144. */
const call: ModelChatCall = {
  kind: 'chat',
  messages: [{ role: 'user', blocks: [{ type: 'text', text: 'word '.repeat(400) }] }],
  maxTokens: 100,
};

const team = (limits: Limits): Scope => ({ kind: 'team', id: crypto.randomUUID(), limits });

interface Asked {
  readonly model?: ChosenModel;
  readonly asked?: ModelCall;
  readonly fit?: Fit | undefined;
  readonly on?: Pick<Ledger, 'hold' | 'room'>;
}

async function take(scope: Scope, asking: Asked = {}): Promise<Hold> {
  return (await roomFor([scope], asking)).hold;
}

function roomFor(
  scopes: readonly Scope[],
  { model = claude, asked = call, fit, on = ledger }: Asked = {},
): Promise<Room> {
  const upstream = {
    count: async (_model: unknown, countedCall: ModelCall) => {
      counted.push(countedCall);
      return count();
    },
  };
  return takeRoom({ call: asked, fit }, model, true, { scopes, ledger: on, upstream, deadline: ample, at });
}

async function refusalOf(taken: Promise<Hold>): Promise<ProxyError> {
  const thrown: unknown = await taken.then(
    () => new Error('There was room.'),
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProxyError)) throw thrown;
  return thrown;
}

const usedOf = async (scope: Scope) =>
  (await ledger.usage([scope], at, ample.signal)).limits.map(({ used }) => used);
const settle = (hold: Hold, tokens = 600) =>
  hold.settle({ requests: 1, tokens, usd: 3 * (tokens - 100) + 1500 }, ample.settleSignal);

test('a call whose bytes fit is not counted', async () => {
  const hold = await take(team({ tokens: { month: 5000 } }));
  expect([hold.worstCase, counted]).toEqual([worstCaseOf(call, claude), []]);
});

test.each<[string, Limits]>([
  ['in a whole limit on tokens', { tokens: { day: 600 } }],
  ['in a whole limit on USD', { usd: { day: 0.003 } }],
])('a call whose bytes do not fit %s, but whose tokens do, holds these', async (_where, limits) => {
  const scope = team(limits);
  const hold = await take(scope);
  expect(hold.worstCase).toEqual({ requests: 1, tokens: 600, usd: 3000 });
  expect(counted).toEqual([call]);
  expect((await refusalOf(take(scope))).statement.code).toBe('rate_limited');
  await settle(hold);
  expect((await refusalOf(take(scope))).statement.code).toBe('quota_exceeded');
});

test('the end of a limit is used up to the last token that fits', async () => {
  const scope = team({ tokens: { day: 3000 } });
  for (let made = 0; made < 5; made += 1) await settle(await take(scope));
  expect(await usedOf(scope)).toEqual([3000]);
  // While there was room for its bytes, nothing was counted; after the last there is none for one more output either.
  expect(counted).toHaveLength(3);
  expect((await refusalOf(take(scope))).statement.code).toBe('quota_exceeded');
  expect(counted).toHaveLength(3);
});

test('a tight hold may fit beside the holds of calls in flight', async () => {
  const scope = team({ tokens: { day: 3000 } });
  const [loose, tight] = [await take(scope), await take(scope)];
  expect(loose.worstCase.tokens).toBeGreaterThan(2000);
  expect(tight.worstCase.tokens).toBe(600);
});

test.each<[string, Limits, Asked]>([
  [
    'for a model whose tokens Bedrock does not count',
    { tokens: { day: 600 } },
    { model: { ...claude, definition: catalogue['nova-lite'] } },
  ],
  ['for texts to embed', { tokens: { day: 5 } }, { asked: { kind: 'embed', inputs: ['Hi'] } }],
  ['if the output alone is too much', { tokens: { day: 99 } }, {}],
  ['if no call fits at all', { requests: { day: 0 } }, {}],
])('nothing is counted %s', async (_where, limits, asked) => {
  const { code } = (await refusalOf(take(team(limits), asked))).statement;
  expect(['exceeds_limit', 'quota_exceeded']).toContain(code);
  expect(counted).toEqual([]);
});

test('a call that is too long by its count too is refused with the count', async () => {
  const refusal = await refusalOf(take(team({ tokens: { day: 550 } })));
  expect(refusal.statement).toMatchObject({ code: 'exceeds_limit', details: { max: 550, needed: 600 } });
});

test('a count that fails changes nothing, and the log says why', async () => {
  const failure = { name: 'AccessDeniedException', status: 403 };
  count = async () => {
    throw new ProxyError({ code: 'upstream_denied' }, { failure });
  };
  const refusal = await refusalOf(take(team({ tokens: { day: 600 } })));
  expect(refusal.statement).toMatchObject({ code: 'exceeds_limit', details: { needed: 2244 } });
  expect([refusal.failure, counted.length]).toEqual([failure, 1]);
});

test("a count above the bytes' worst case is ignored", async () => {
  count = async () => 1_000_000;
  const refusal = await refusalOf(take(team({ tokens: { day: 600 } })));
  expect(refusal.statement.details).toMatchObject({ needed: 2244 });
});

test('the form of an answer, which is not counted, is held beside the count', async () => {
  const schema = { type: 'object' };
  const hold = await take(team({ tokens: { day: 3000 } }), {
    asked: { ...call, outputFormat: { name: 'answer', schema } },
  });
  expect(counted).toHaveLength(1);
  expect(hold.worstCase.tokens - 600).toBeGreaterThan(1024);
  expect(hold.worstCase.tokens - 600).toBeLessThan(1100);
});

test('texts to embed are let through under a limit in USD, though their output has no price', async () => {
  const model: ChosenModel = {
    alias: 'titan-embed-v2',
    definition: catalogue['titan-embed-v2'],
    modelId: 'amazon.titan-embed-text-v2:0',
    price: { input: 0.02, output: 0 },
  };
  const inputs = Array.from({ length: 100 }, () => 'x'.repeat(984));
  const hold = await take(team({ usd: { day: 0.002 } }), { model, asked: { kind: 'embed', inputs } });
  expect(hold.worstCase).toEqual({ requests: 1, tokens: 100_000, usd: 2000 });
});

/** A question that asks for as much output as fits, up to 1,000 tokens. */
const fitting = (model: ChosenModel = claude, whole: ModelChatCall = call): Asked => {
  const { kind, messages } = whole;
  const { call: asked, fit } = prepare({ kind, messages, maxTokens: 'fit' }, model, {
    maxTokens: 1000,
    clampMaxTokens: false,
  });
  return { model, asked, fit };
};
/** Bedrock does not count its tokens: of the same text it takes at most 2,144. */
const nova: ChosenModel = { ...claude, alias: 'nova', definition: catalogue['nova-lite'] };
const mostInput = 2144;
const granted = ({ call: held }: Room) => held.kind === 'chat' && held.maxTokens;

test('a call that asks for what fits takes the most that plan and model allow, if there is room', async () => {
  table.operations.length = 0;
  const room = await roomFor([team({ tokens: { month: 5000 } })], fitting());
  expect([granted(room), counted]).toEqual([1000, []]);
  expect(table.operations).toEqual(['UpdateItem']);
});

test.each<[string, Limits, number]>([
  ['in a limit on tokens', { tokens: { month: mostInput + 700 } }, 700],
  // The input at 3 USD a million, and the output at 15.
  ['in a limit on USD', { usd: { month: (mostInput * 3 + 15 * 321 + 14) / 1e6 } }, 321],
  ['in the smaller of two', { tokens: { day: mostInput + 700, month: mostInput + 500 } }, 500],
  [
    'in the pace of a limit, of which 0.725 are over',
    { tokens: { month: 3200 }, pace: { tokens: { month: { burst: 0 } } } },
    Math.floor((3200 * 21.5) / 30) - mostInput,
  ],
])('otherwise it takes the most that fits %s, in one further write', async (_where, limits, most) => {
  table.operations.length = 0;
  const scope = team(limits);
  const room = await roomFor([scope], fitting(nova));
  expect(granted(room)).toBe(most);
  expect(room.hold.worstCase).toEqual(worstCaseOf(room.call, nova));
  expect(table.operations.filter((operation) => operation === 'UpdateItem').length).toBeLessThanOrEqual(2);
  // Nothing more fits.
  expect((await refusalOf(take(scope, fitting(nova)))).statement.code).toMatch(/rate_limited|quota_exceeded/);
});

test('what fits is what fits all scopes, in any order, beside calls in flight', async () => {
  for (const order of ['as they are', 'reversed']) {
    const scopes: Scope[] = [
      { kind: 'key', id: crypto.randomUUID(), limits: { tokens: { month: 2 * mostInput + 1900 } } },
      team({ tokens: { day: 2 * mostInput + 1400 } }),
    ];
    const asked = order === 'reversed' ? scopes.toReversed() : scopes;
    const rooms = [await roomFor(asked, fitting(nova)), await roomFor(asked, fitting(nova))];
    expect(rooms.map(granted)).toEqual([1000, 400]);
    for (const scope of scopes) expect(await usedOf(scope)).toEqual([2 * mostInput + 1400]);
  }
});

test("Bedrock's count comes first, so that more output fits beside the true input", async () => {
  const room = await roomFor([team({ tokens: { month: 1200 } })], fitting());
  expect([granted(room), room.hold.worstCase.tokens, counted.length]).toEqual([700, 1200, 1]);
  const whole = await roomFor([team({ tokens: { month: 1500 } })], fitting());
  expect([granted(whole), whole.call.kind === 'chat' && whole.hold.worstCase.tokens]).toEqual([1000, 1500]);
});

test('if the count fails, what fits beside the most input that the bytes can have is taken', async () => {
  count = async () => {
    throw new ProxyError({ code: 'upstream_denied' });
  };
  expect(granted(await roomFor([team({ tokens: { month: mostInput + 300 } })], fitting()))).toBe(300);
});

test('if the counters cannot be read, the first refusal stands, and the log says why', async () => {
  const scope = team({ tokens: { month: mostInput + 300 } });
  const failure = { name: 'InternalServerError' };
  const unread: Pick<Ledger, 'hold' | 'room'> = {
    hold: (...request) => ledger.hold(...request),
    room: async () => {
      throw new ProxyError({ code: 'limits_unavailable' }, { failure });
    },
  };
  const refusal = await refusalOf(take(scope, { ...fitting(nova), on: unread }));
  expect([refusal.statement.code, refusal.failure]).toEqual(['exceeds_limit', failure]);
  expect(await usedOf(scope)).toEqual([0]);
});

test('an answer of fewer than 64 tokens is refused, with what the smallest would need', async () => {
  const scope = team({ tokens: { month: mostInput + 64 } });
  expect(granted(await roomFor([scope], fitting(nova)))).toBe(64);
  const small = team({ tokens: { month: mostInput + 63 } });
  expect((await refusalOf(take(small, fitting(nova)))).statement).toMatchObject({
    code: 'exceeds_limit',
    details: { max: mostInput + 63, needed: mostInput + 64 },
  });
  const used = team({ tokens: { month: 5000 } });
  await settle(await take(used, { model: nova }), 4000);
  expect((await refusalOf(take(used, fitting(nova)))).statement).toMatchObject({
    code: 'quota_exceeded',
    message: expect.stringContaining(`the call may need ${mostInput + 64}`),
  });
});

test.each<[string, Limits]>([
  ['requests', { requests: { day: 1 } }],
  ['calls at once', { callsAtOnce: 1 }],
])('no smaller call is tried if %s are the reason', async (_what, limits) => {
  const scope = team(limits);
  await take(scope);
  table.operations.length = 0;
  await refusalOf(take(scope, fitting()));
  const writes = table.operations.filter((operation) => operation === 'UpdateItem');
  expect(writes.length).toBeLessThanOrEqual(_what === 'requests' ? 2 : 1);
});

test('of many calls at once that ask for what fits, those let in fill a limit and never pass it', async () => {
  const max = 10 * (mostInput + 1000) + mostInput + 500;
  const scope = team({ tokens: { month: max } });
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, () =>
      roomFor([scope], fitting(nova)).then(granted, (error: unknown) => error),
    ),
  );
  const letIn = outcomes.filter((outcome) => typeof outcome === 'number');
  for (const outcome of outcomes) {
    if (typeof outcome === 'number') continue;
    expect(outcome).toSatisfy((error) => error instanceof ProxyError && error.hasCode('rate_limited'));
  }
  expect(await usedOf(scope)).toEqual([letIn.reduce((sum, most) => sum + mostInput + most, 0)]);
  expect([letIn.length, Math.min(...letIn)]).toEqual([11, 500]);
});

test('many calls at once, each counted, fill a limit and never pass it', async () => {
  const scope = team({ tokens: { day: 6000 } });
  const cost = trueCostOf({ inputTokens: 500, outputTokens: 100 }, price, call);
  let answered = 0;
  const ask = async () => {
    for (;;) {
      try {
        const hold = await take(scope);
        const [used = 0] = await usedOf(scope);
        expect(used).toBeLessThanOrEqual(6000);
        await hold.settle(cost, ample.settleSignal);
        answered += 1;
        return;
      } catch (error) {
        if (!(error instanceof ProxyError)) throw error;
        if (error.statement.code === 'quota_exceeded') return;
        expect(error.statement.code).toBe('rate_limited');
      }
    }
  };
  await Promise.all(Array.from({ length: 40 }, ask));
  expect([answered, await usedOf(scope)]).toEqual([10, [6000]]);
  expect(counted.length).toBeGreaterThan(0);
});

/** A call: its bytes, four to a token, whether they are counted, and how many later calls begin before it ends. */
const step = fc.record({
  tokens: fc.nat(600),
  answer: fc.nat(100),
  fails: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  overlap: fc.nat(4),
  /** Whether it asks for as much output as fits. */
  fits: fc.boolean(),
});

test('in any order of calls, counted or not, lowered to what fits or not, no limit is passed and no charge is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 100, max: 6000 }),
      fc.array(step, { minLength: 1, maxLength: 20 }),
      async (max, steps) => {
        const scope = team({ tokens: { day: max }, usd: { day: max / 100_000 } });
        let charged = 0;
        let running: { readonly ends: number; readonly end: () => Promise<unknown> }[] = [];
        for (const [index, { tokens, answer, fails, overlap, fits }] of steps.entries()) {
          for (const { ends, end } of running) if (ends <= index) await end();
          running = running.filter(({ ends }) => ends > index);
          count = async () => {
            if (fails) throw new ProxyError({ code: 'upstream_error' });
            return tokens;
          };
          const text = 'word'.repeat(tokens);
          const asked: ModelChatCall = {
            ...call,
            messages: [{ role: 'user', blocks: [{ type: 'text', text }] }],
          };
          const asking = fits ? fitting(claude, asked) : { asked };
          const room = await roomFor([scope], asking).catch((error: unknown) => {
            if (!(error instanceof ProxyError)) throw error;
            expect(['exceeds_limit', 'quota_exceeded', 'rate_limited']).toContain(error.statement.code);
          });
          if (room) {
            const { hold } = room;
            const given = granted(room) || 0;
            if (fits && given < 1000) {
              // It was the most.
              const left = await ledger.room([scope], at, ample.signal);
              expect([given >= 64, left.tokens < 1 || left.usd < price.output]).toEqual([true, true]);
            }
            const cost = trueCostOf(
              { inputTokens: tokens, outputTokens: Math.min(answer, given) },
              price,
              asked,
            );
            expect(exceeds(cost, hold.worstCase)).toBe(false);
            charged += cost.tokens;
            running.push({ ends: index + 1 + overlap, end: () => hold.settle(cost, ample.settleSignal) });
          }
          for (const { used, max: most } of (await ledger.usage([scope], at, ample.signal)).limits) {
            expect(used).toBeLessThanOrEqual(most);
          }
        }
        for (const { end } of running) await end();
        expect((await usedOf(scope))[0]).toBe(charged);
      },
    ),
    runs(40),
  );
});
