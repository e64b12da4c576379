import type { LimitStatus, LimitWarning } from '@org/contract';
import { catalogue } from '@org/models';
import type { ModelCall } from '../call/call.ts';
import type { ReplyEvent, TokenUsage } from '../call/reply.ts';
import type { Target, Upstream } from '../call/upstream.ts';
import type { Caller, Config } from '../config.ts';
import type { HandlerOptions } from '../http/invocation.ts';
import type { ProxyEvent } from '../http/received-event.ts';
import { type Amounts, amountsOf } from '../ledger/amounts.ts';
import type { HoldRequest, Ledger } from '../ledger/ledger.ts';
import { deployedCaller } from './deployed-caller.ts';

/** The function's configuration in tests of whole requests. */
export const config: Config = {
  models: new Map(
    (['titan', 'llama'] as const).map((alias) => [
      alias,
      { alias, definition: catalogue[alias], modelId: `id-of-${alias}`, price: { input: 1, output: 2 } },
    ]),
  ),
  aliases: new Map(),
  foreignNames: new Map(),
  plans: new Map([
    ['small', { models: ['llama'], maxTokens: 256 }],
    ['large', { models: ['llama', 'titan'] }],
  ]),
  teams: new Map([
    ['acme', 'small'],
    ['wide', 'large'],
  ]),
  timeZone: 'UTC',
  warnAt: [80, 95],
  metrics: 'proxy-test',
  corsOrigins: [],
  table: 'counters',
  keys: new Map([
    ['key1', { team: 'acme' }],
    ['key2', { team: 'wide' }],
  ]),
};

export const limits: LimitStatus[] = [
  {
    limit: 'requests',
    period: 'day',
    scope: 'team',
    max: 10,
    used: 1,
    remaining: 9,
    resetsAt: '2026-11-23T00:00:00.000Z',
  },
  {
    limit: 'requests',
    period: 'month',
    scope: 'team',
    max: 50,
    used: 48,
    remaining: 2,
    resetsAt: '2026-12-01T00:00:00.000Z',
  },
];

/** The warnings of these limits. */
export const warnings: LimitWarning[] = limits.slice(1).map((status) => ({ ...status, threshold: 95 }));

export const warningHeader =
  'requests;period=month;scope=team;threshold=95;used="48";max="50";resets-at="2026-12-01T00:00:00.000Z"';

/** A ledger that admits everything and records its calls. */
export function recordingLedger() {
  const holds: HoldRequest[] = [];
  const charges: Amounts[] = [];
  const ledger: Ledger = {
    hold: async (request) => {
      holds.push(request);
      return {
        worstCase: request.worstCase,
        limits: async () => limits,
        settle: async (charge) => {
          charges.push(charge);
          return { limits, nearlyReached: [] };
        },
      };
    },
    room: async () => amountsOf(() => Number.POSITIVE_INFINITY),
    usage: async () => ({ limits }),
  };
  return { ledger, holds, charges };
}

export const usage: TokenUsage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };

/** Its cost at the prices of `config`, for the kinds of limits in these tests. */
export const replyCost = { requests: 1, tokens: 5, usd: 7 };

/** The events of an answer in these pieces of text. */
export function saying(
  pieces: readonly string[],
  {
    stopReason = 'end_turn',
    took = usage,
  }: { readonly stopReason?: string; readonly took?: TokenUsage } = {},
): ReplyEvent[] {
  return [
    { type: 'begin', block: { type: 'text' } },
    ...pieces.map((text): ReplyEvent => ({ type: 'delta', delta: { type: 'text', text } })),
    { type: 'end' },
    { type: 'stopped', stopReason },
    { type: 'usage', usage: took },
  ];
}

export const countNothing: Upstream['count'] = () => Promise.reject(new TypeError('Nothing is counted here'));

/** An upstream with these events for every call. */
export function answering(events: readonly ReplyEvent[]): Upstream {
  return {
    async *call() {
      yield* events;
    },
    count: countNothing,
  };
}

/** A model that answers `Bleak.` to everything, and its recorded calls. */
export function recordingUpstream() {
  const calls: (ModelCall & Target)[] = [];
  const upstream: Upstream = {
    async *call(_model, call, target) {
      calls.push({ ...call, ...target });
      yield* saying(['Ble', 'ak.']);
    },
    count: countNothing,
  };
  return { upstream, calls };
}

/** An upstream that fails at once. */
export function failingWith(error: unknown): Upstream {
  return {
    // biome-ignore lint/correctness/useYield: it fails before there is anything to say
    async *call() {
      throw error;
    },
    count: countNothing,
  };
}

export interface RequestOptions {
  readonly keyId?: string | null;
  readonly route?: readonly [method: string, resource: string];
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly upstream?: Upstream | undefined;
  readonly ledger?: Ledger;
  readonly config?: Config;
  readonly caller?: Caller;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request to the function, and all its effects. */
export function requestOf(body: object | null, options: RequestOptions) {
  const { keyId = 'key1', route = ['POST', '/bedrock'] } = options;
  const lines: string[] = [];
  const ledger = recordingLedger();
  const { upstream, calls } = recordingUpstream();
  let clock = 0;
  const handlerOptions: Omit<HandlerOptions, 'openResponse'> = {
    config: options.config ?? config,
    keys: async (id) => options.caller ?? deployedCaller(config, id),
    ledger: options.ledger ?? ledger.ledger,
    upstream: options.upstream ?? upstream,
    write: (line) => lines.push(line),
    now: () => (clock += 10),
  };
  const identity = { apiKeyId: keyId, apiKey: 'canary-key' };
  const event: ProxyEvent = {
    httpMethod: route[0],
    resource: route[1],
    pathParameters: options.pathParameters ?? null,
    headers: { 'Content-Type': 'application/json', 'X-Api-Key': 'canary-key', ...options.headers },
    body: body && JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'request-1',
      requestTimeEpoch: Date.parse('2026-11-22T12:00:00Z'),
      identity,
    },
  };
  return { handlerOptions, event, lines, calls, holds: ledger.holds, charges: ledger.charges };
}
