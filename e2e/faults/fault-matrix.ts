import type { BedrockProxyErrorCode } from '@org/bedrock-client';
import type {
  Fault as BedrockFault,
  ExceptionName,
  StreamEnd,
  StreamExceptionName,
} from '@org/local/bedrock';
import type { Fault as DynamoDbFault } from '@org/local/dynamodb';

/**
 * The matrix of faults: answer mode x gateway x ledger x Bedrock x caller, and the outcome of every cell.
 * The tests run it through the whole path, and the document is generated from it.
 */

/** How an answer is sent. */
export const transfers = ['whole', 'stream'] as const;
export type Transfer = (typeof transfers)[number];

/** The charge of one attempt: the true cost, the whole hold (the reserved worst case), or nothing. */
export type Charge = 'cost' | 'hold' | 'nothing';

/** The outcome of one attempt. */
export interface Outcome {
  /** The caller's result. */
  readonly caller: 'answer' | BedrockProxyErrorCode;
  /** Whether the client retries. */
  readonly again: boolean;
  /** How often Bedrock is called. */
  readonly calls: number;
  readonly billed: boolean;
  readonly charge: Charge;
}

/** The class that the client throws for each code of the matrix. */
const classNames: Partial<Readonly<Record<BedrockProxyErrorCode, string>>> = {
  aborted: 'AbortedError',
  connection_failed: 'ConnectionError',
  context_too_long: 'InvalidRequestError',
  internal: 'ServerError',
  invalid_request: 'InvalidRequestError',
  limits_unavailable: 'ServerError',
  model_throttled: 'ModelThrottledError',
  model_timeout: 'TimeoutError',
  quota_exceeded: 'QuotaExceededError',
  rate_limited: 'RateLimitedError',
  stream_interrupted: 'StreamInterruptedError',
  timeout: 'TimeoutError',
  unauthenticated: 'AuthenticationError',
  upstream_denied: 'ServerError',
  upstream_error: 'ServerError',
};

/** Undefined for an answer. */
export function classNameOf({ caller }: Pick<Outcome, 'caller'>): string | undefined {
  return caller === 'answer' ? undefined : classNames[caller];
}

/** The outcome of a refusal before Bedrock is reached. */
type Refusal = Pick<Outcome, 'caller' | 'again'>;

/** What API Gateway and Lambda do with a request. */
export const gateways = {
  'lets it through': {},
  'does not know the key': { refusal: { caller: 'unauthenticated', again: false } },
  'throttles the key': { refusal: { caller: 'rate_limited', again: true } },
  "has no more of the key's quota": { refusal: { caller: 'quota_exceeded', again: false } },
  'kills the function while Bedrock is at work': { kills: true },
} as const satisfies Record<string, { readonly refusal?: Refusal; readonly kills?: true }>;
export type Gateway = keyof typeof gateways;

interface LedgerState {
  /** Faults of the writes to DynamoDB: first the hold, then the settlement. */
  readonly faults: readonly DynamoDbFault[];
  /** If the hold fails. */
  readonly refusal?: Refusal & { readonly charge: Charge };
  /** Whether the settlement is not written, so that the hold stays charged. */
  readonly unsettled?: true;
}

const fine: DynamoDbFault = { kind: 'none' };
const busy: DynamoDbFault = { kind: 'exception', name: 'ThrottlingException' };

/** What the ledger does: with the hold, and if there is one, with its settlement. */
export const ledgers = {
  'holds and settles': { faults: [] },
  'is slow to hold': { faults: [{ kind: 'slow', milliseconds: 300 }] },
  'refuses: a limit is reached': {
    faults: [],
    refusal: { caller: 'quota_exceeded', again: false, charge: 'nothing' },
  },
  'refuses: calls in flight hold the rest': {
    faults: [],
    refusal: { caller: 'rate_limited', again: true, charge: 'nothing' },
  },
  'is throttled at the hold': {
    faults: [busy],
    refusal: { caller: 'limits_unavailable', again: true, charge: 'nothing' },
  },
  'is cut off before it writes the hold': {
    faults: [{ kind: 'reset' }],
    refusal: { caller: 'limits_unavailable', again: false, charge: 'nothing' },
  },
  'writes the hold, and its answer is lost': {
    faults: [{ kind: 'reset-after' }],
    refusal: { caller: 'limits_unavailable', again: false, charge: 'hold' },
  },
  'never answers the hold': {
    faults: [{ kind: 'stall' }],
    refusal: { caller: 'limits_unavailable', again: false, charge: 'nothing' },
  },
  'is throttled once at the settlement': { faults: [fine, busy] },
  'is throttled for good at the settlement': {
    faults: [fine, busy, busy, busy, busy, busy],
    unsettled: true,
  },
  'is cut off before it writes the settlement': { faults: [fine, { kind: 'reset' }], unsettled: true },
  'writes the settlement, and its answer is lost': { faults: [fine, { kind: 'reset-after' }] },
  'never answers the settlement': { faults: [fine, { kind: 'stall' }], unsettled: true },
} as const satisfies Record<string, LedgerState>;
export type Ledger = keyof typeof ledgers;

interface UpstreamState extends Outcome {
  /** Faults of the calls to Bedrock, one each. `down`: there is no server. */
  readonly faults: readonly BedrockFault[] | 'down';
  /** Whether a piece of the answer is sent before the fault. */
  readonly midStream?: true;
}

const answered = { caller: 'answer', again: false, calls: 1, billed: true, charge: 'cost' } as const;
const refused = { calls: 1, billed: false, charge: 'nothing' } as const;
const unknown = { again: false, calls: 1, billed: true, charge: 'hold' } as const;
const exception = (name: ExceptionName, message?: string): BedrockFault => ({
  kind: 'exception',
  name,
  ...(message !== undefined && { message }),
});
const throttle = exception('ThrottlingException');

/** What Bedrock does before the first piece of an answer, in both modes. */
const beforeTheAnswer = {
  'throttles once': { ...answered, faults: [throttle], calls: 2 },
  'throttles twice': {
    ...refused,
    faults: [throttle, throttle],
    calls: 2,
    caller: 'model_throttled',
    again: true,
  },
  'refuses the request': {
    ...refused,
    faults: [exception('ValidationException')],
    caller: 'invalid_request',
    again: false,
  },
  'has used up its daily tokens': {
    ...refused,
    faults: [exception('ThrottlingException', 'Too many tokens per day, please wait before trying again.')],
    caller: 'model_throttled',
    again: false,
  },
  'finds the prompt too long': {
    ...refused,
    faults: [exception('ValidationException', 'Input is too long for requested model.')],
    caller: 'context_too_long',
    again: false,
  },
  'refuses the deployment': {
    ...refused,
    faults: [exception('UnrecognizedClientException')],
    caller: 'upstream_denied',
    again: false,
  },
  'is out of service': {
    ...refused,
    faults: [exception('ServiceUnavailableException')],
    caller: 'upstream_error',
    again: true,
  },
  'is down': { ...refused, faults: 'down', calls: 0, caller: 'upstream_error', again: true },
  'fails inside': {
    ...refused,
    faults: [exception('InternalServerException')],
    caller: 'upstream_error',
    again: true,
    charge: 'hold',
  },
  'says that the model took too long': {
    ...refused,
    faults: [exception('ModelTimeoutException')],
    caller: 'model_timeout',
    again: false,
    charge: 'hold',
  },
  'closes the connection': { ...unknown, faults: [{ kind: 'reset' }], caller: 'upstream_error' },
  'answers something else': {
    ...unknown,
    faults: [{ kind: 'body', body: '<html>' }],
    caller: 'upstream_error',
  },
  'never answers': { ...unknown, faults: [{ kind: 'stall' }], caller: 'model_timeout' },
} as const satisfies Record<string, UpstreamState>;

const midway = (
  after: number | string,
  end: StreamEnd,
  caller: BedrockProxyErrorCode,
): Omit<UpstreamState, 'midStream'> & { readonly midStream: true } => ({
  ...unknown,
  faults: [{ kind: 'stream', after, end }],
  caller,
  midStream: true,
});
const endsWith = (name: StreamExceptionName): StreamEnd => ({ exception: name });

/** What Bedrock does with a call, by answer mode. */
export const upstreams = {
  whole: {
    answers: { ...answered, faults: [] },
    ...beforeTheAnswer,
    'is cut off in mid-answer': { ...unknown, faults: [{ kind: 'cut' }], caller: 'upstream_error' },
  },
  stream: {
    answers: { ...answered, faults: [], midStream: true },
    ...beforeTheAnswer,
    'finds the prompt too long in the first event': {
      ...refused,
      faults: [
        {
          kind: 'exception',
          name: 'ValidationException',
          message: 'Input Tokens Exceeded: Number of input tokens exceeds maximum length.',
          inStream: true,
        },
      ],
      caller: 'context_too_long',
      again: false,
    },
    'throttles with the first event': {
      ...unknown,
      faults: [{ kind: 'stream', after: 0, end: endsWith('ThrottlingException') }],
      caller: 'model_throttled',
    },
    'throttles in mid-stream': midway(5, endsWith('ThrottlingException'), 'model_throttled'),
    'fails in mid-stream': midway(5, endsWith('ModelStreamErrorException'), 'upstream_error'),
    'is cut off in mid-stream': midway(5, 'cut', 'upstream_error'),
    'sends a frame that is none': midway(5, 'garbage', 'upstream_error'),
    'ends without saying what it counted': midway('messageStop', 'finish', 'upstream_error'),
    'falls silent in mid-stream': midway(5, 'stall', 'model_timeout'),
  },
} as const satisfies Record<Transfer, Record<string, UpstreamState>>;

interface CallerState {
  /** The client's error, before the first piece of the answer and after it. Left out: it waits for the end. */
  readonly gone?: Readonly<Record<'before' | 'midStream', BedrockProxyErrorCode>>;
}

/** What the caller does while Bedrock is at work. */
export const callers = {
  'waits for the end': {},
  aborts: { gone: { before: 'aborted', midStream: 'aborted' } },
  'runs out of time': { gone: { before: 'timeout', midStream: 'timeout' } },
  'loses the connection': { gone: { before: 'connection_failed', midStream: 'stream_interrupted' } },
} as const satisfies Record<string, CallerState>;
export type Caller = keyof typeof callers;

/** One cell: a state on every axis. */
export interface Cell {
  readonly transfer: Transfer;
  readonly gateway: Gateway;
  readonly ledger: Ledger;
  readonly upstream: string;
  readonly caller: Caller;
}

const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>): Key[] =>
  Object.keys(table).filter((key): key is Key => Object.hasOwn(table, key));

/** The states of a table, in order. */
export const gatewayNames = keysOf(gateways);
export const ledgerNames = keysOf(ledgers);
export const callerNames = keysOf(callers);

export function gatewayOf({ gateway }: Pick<Cell, 'gateway'>): {
  readonly refusal?: Refusal;
  readonly kills?: true;
} {
  return gateways[gateway];
}

export function ledgerOf({ ledger }: Pick<Cell, 'ledger'>): LedgerState {
  return ledgers[ledger];
}

export function upstreamOf({ transfer, upstream }: Pick<Cell, 'transfer' | 'upstream'>): UpstreamState {
  const states: Readonly<Record<string, UpstreamState>> = upstreams[transfer];
  const state = states[upstream];
  if (!state) throw new Error(`Bedrock has no state "${upstream}" for an answer of kind ${transfer}.`);
  return state;
}

export function callerOf({ caller }: Pick<Cell, 'caller'>): CallerState {
  return callers[caller];
}

/** All combinations of states. */
export function allCells(): Cell[] {
  return transfers.flatMap((transfer) =>
    gatewayNames.flatMap((gateway) =>
      ledgerNames.flatMap((ledger) =>
        Object.keys(upstreams[transfer]).flatMap((upstream) =>
          callerNames.map((caller) => ({ transfer, gateway, ledger, upstream, caller })),
        ),
      ),
    ),
  );
}

/**
 * The cell that is run in place of a cell, because a state that is not reached makes no difference. A request that the
 * gateway refuses never reaches the ledger, and one that the ledger refuses never reaches Bedrock. A killed function
 * settles nothing and hears nothing more from Bedrock. No caller leaves before Bedrock is at work, and if Bedrock is
 * down it never is. A settlement is the same write whatever its amount: each of its faults is run with an answer, and
 * with the other outcomes only one settlement that is written and one that is not.
 */
export function cellRunFor(cell: Cell): Cell {
  const settles = { ledger: 'holds and settles' } as const;
  const answers = { upstream: 'answers' } as const;
  const waits = { caller: 'waits for the end' } as const;
  const letThrough = { gateway: 'lets it through' } as const;
  if (gatewayOf(cell).refusal) return { ...cell, ...settles, ...answers, ...waits };
  if (ledgerOf(cell).refusal) return { ...cell, ...letThrough, ...answers, ...waits };
  const isDown = upstreamOf(cell).faults === 'down';
  if (gatewayOf(cell).kills && !isDown) return { ...cell, ...settles, ...answers };
  const reached = { ...cell, ...letThrough, ...(isDown && waits) };
  if (cell.upstream === 'answers') return reached;
  return ledgerOf(cell).unsettled
    ? { ...reached, ledger: 'is cut off before it writes the settlement' }
    : { ...reached, ...settles };
}

/** The cells to run, each once. */
export function cellsToRun(): Cell[] {
  const cells = allCells().map(cellRunFor);
  return [...new Map(cells.map((cell) => [JSON.stringify(cell), cell])).values()];
}

/** The outcome of one attempt. The first refusal on the way decides. */
export function outcomeOf(cell: Cell): Outcome {
  const untouched = { calls: 0, billed: false, charge: 'nothing' } as const;
  const { refusal, kills } = gatewayOf(cell);
  if (refusal) return { ...untouched, ...refusal };
  const ledger = ledgerOf(cell);
  if (ledger.refusal) return { ...untouched, ...ledger.refusal };
  const upstream = upstreamOf(cell);
  const { faults, midStream, ...said } = upstream;
  const killed = kills === true && faults !== 'down';
  const { gone } = callerOf(cell);
  const place = killed
    ? cell.transfer === 'stream'
      ? 'midStream'
      : 'before'
    : midStream
      ? 'midStream'
      : 'before';
  const charge = killed || ledger.unsettled ? 'hold' : said.charge;
  if (gone && faults !== 'down') {
    return { ...(killed ? unknown : said), charge, caller: gone[place], again: false };
  }
  if (!killed) return { ...said, charge };
  return cell.transfer === 'whole'
    ? { ...unknown, charge, caller: 'internal', again: true }
    : { ...unknown, charge, caller: 'stream_interrupted' };
}
