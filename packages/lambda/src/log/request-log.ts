import type { DoorName, ErrorCode, ExcessDetails, QuotaDetails, RateDetails, RouteName } from '@org/contract';
import type { AskEvent, Settled } from '../call/ask.ts';
import type { TokenUsage } from '../call/reply.ts';
import { failureName } from '../failure-name.ts';
import { at } from '../json.ts';
import type { LimitUse } from '../ledger/admission.ts';
import { type Amounts, exceeds } from '../ledger/amounts.ts';
import { ProxyError, type ServiceFailure } from '../proxy-error.ts';
import type { ClientName } from './client-name.ts';

/**
 * All that is ever logged of a request. It is an allow-list: prompts, answers, headers and key values have no field here.
 */
export interface RequestLog {
  /** As in the answer, and in `x-request-id`. */
  readonly requestId: string;
  /** The name of the route. */
  operation?: RouteName;
  /** The API of the route: `native`, `openai` or `anthropic`. Left out if the route belongs to both. */
  door?: DoorName | undefined;
  /** The client, as it names itself, from a fixed list; else `other`. A caller can claim to be any client. */
  client?: ClientName | undefined;
  /** Id of the API key, never its value. */
  keyId?: string;
  /** Name of the key. Left out for a key of the config, whose name the stack's output with this id has. */
  keyName?: string | undefined;
  /** The team that asked. */
  team?: string;
  /** The plan of the team. */
  plan?: string;
  /**
   * The person who signed in: the token's `sub`. If that does not look like an id, `sha256:` and 32 digits of its hash.
   * Left out for an API key.
   */
  person?: string | undefined;
  /** The caller's customer, as the request names it; otherwise as for `person`. */
  customer?: string | undefined;
  /** The day in which the limits count the request, `2026-11-22`: by when it came in, in the config's time zone. */
  day?: string;
  /** The alias that was asked. */
  model?: string;
  /** The Bedrock model or inference profile behind the alias. */
  modelId?: string;
  /** HTTP status of the answer. */
  status?: number;
  /** The error that the caller got. Left out if there was none. */
  code?: ErrorCode;
  /** The output tokens that the plan lowered the call to, or the room in the limits, for a call that asks for what fits. */
  maxTokensLoweredTo?: number | undefined;
  /** Why the model stopped. */
  stopReason?: string;
  /** Tokens that Bedrock counted. */
  usage?: TokenUsage;
  /** Their estimated price, in USD. */
  costUsd?: number | undefined;
  /** What was reserved (held) for the call: requests, tokens and micro-USD. */
  held?: Amounts;
  /** What stays charged of it, in the same units. */
  charged?: Amounts;
  /** The call cost more than was held, so a limit may be overspent by the difference. */
  underestimated?: boolean;
  /** Why the charge could not be written. All that was held then stays charged. */
  settleError?: string;
  /**
   * The limits that this call took past a share of `warnAt`: `scope`, `limit`, `period`, `max`, `used`, and the share in
   * percent, `threshold`.
   */
  limitsNearlyReached?: readonly LimitUse[];
  /**
   * With `quota_exceeded`, `rate_limited` and `exceeds_limit`: the limit that refused the call. A pace also has `allowedNow`, the
   * most that may be used by then.
   */
  refusedBy?: QuotaDetails | RateDetails | ExcessDetails | undefined;
  /** For a stream: pieces of text. */
  deltas?: number;
  /** For a stream: milliseconds until the first piece of text. */
  firstDeltaMs?: number;
  /** The caller hung up before the end, and Lambda told the function. The local gateway does not. */
  callerGone?: boolean;
  /** Milliseconds that Bedrock took. */
  upstreamMs?: number;
  /** Milliseconds from the request's arrival in the function to its end. */
  totalMs?: number;
  /**
   * A failure of Bedrock or DynamoDB: `name`, `status` and `requestId`. For a message of Bedrock's that this proxy does not
   * know, `said` has those of its words that are in a list of common ones, so nothing of a prompt is among them. Please
   * report it.
   */
  failure?: ServiceFailure;
  /** For an unexpected error: its class and stack frames, without its message. */
  trace?: readonly string[];
}

/**
 * Notes in a line what becomes of an ask: wants every event of it.
 *
 * @param options.started When the request came to the function, in milliseconds since 1970.
 */
export function createAskNotes(
  log: RequestLog,
  { whole, started, now }: { readonly whole: boolean; readonly started: number; readonly now: () => number },
): (event: AskEvent) => void {
  let admittedAt = started;
  return (event) => {
    switch (event.type) {
      case 'chosen':
        log.model = event.model.alias;
        log.modelId = event.model.modelId;
        break;
      case 'admitted':
        admittedAt = now();
        log.maxTokensLoweredTo = event.maxTokensLoweredTo;
        break;
      case 'delta':
      case 'message':
        if (whole || !isText(event)) break;
        log.firstDeltaMs ??= now() - started;
        log.deltas = (log.deltas ?? 0) + 1;
        break;
      case 'replied':
        log.upstreamMs = now() - admittedAt;
        break;
      case 'settled':
        noteSettled(event.settled, log);
        break;
    }
  };
}

function isText(event: Extract<AskEvent, { type: 'delta' | 'message' }>): boolean {
  if (event.type === 'delta') return event.delta.type === 'text' && event.delta.text !== '';
  return at(event.event, 'delta', 'type') === 'text_delta';
}

function noteSettled({ held, charged, settlement, ending }: Settled, log: RequestLog): void {
  Object.assign(log, { held, charged, ...ending } satisfies Partial<RequestLog>);
  if (settlement.nearlyReached.length > 0) log.limitsNearlyReached = settlement.nearlyReached;
  if (exceeds(charged, held)) log.underestimated = true;
  if (settlement.failure !== undefined) log.settleError = failureName(settlement.failure);
}

/** Notes a failure. Returns what the caller gets to know of it. */
export function noteFailure(thrown: unknown, log: RequestLog): ProxyError {
  const error = thrown instanceof ProxyError ? thrown : new ProxyError({ code: 'internal' });
  if (error !== thrown) log.trace = traceOf(thrown);
  log.code = error.statement.code;
  if (error.failure) log.failure = error.failure;
  if (error.hasCode('quota_exceeded') || error.hasCode('rate_limited') || error.hasCode('exceeds_limit')) {
    log.refusedBy = error.statement.details;
  }
  return error;
}

/** Class and stack frames of an unforeseen error. Its message stays out: it may quote what the caller sent. */
function traceOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [typeof error];
  const frames = (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return [error.constructor.name, ...frames.slice(0, 10).map((line) => line.trim())];
}
