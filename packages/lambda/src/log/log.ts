import {
  type ErrorCode,
  type ExcessDetails,
  errorDefinition,
  type QuotaDetails,
  type RouteName,
  type Usage,
} from '@org/contract';
import type { Config } from '../config.ts';
import type { LimitUse } from '../ledger/admission.ts';
import type { Amounts } from '../ledger/amounts.ts';
import type { ServiceFailure } from '../proxy-error.ts';
import { embeddedMetrics } from './metrics.ts';

/**
 * All that is ever logged of a request. An allow-list by construction: no prompt, no answer, no header and no key
 * value has a field here.
 */
export interface RequestLog {
  readonly requestId: string;
  operation?: RouteName;
  /** Id of the API key, never its value. */
  keyId?: string;
  team?: string;
  plan?: string;
  model?: string;
  modelId?: string;
  status?: number;
  code?: ErrorCode;
  stopReason?: string;
  usage?: Usage;
  costUsd?: number | undefined;
  /** What the call was let through with, and what of it stays charged; USD in micro-USD. */
  held?: Amounts;
  charged?: Amounts;
  /** The call cost more than it held, so a limit may have been passed by the difference. */
  underestimated?: boolean;
  /** The charge could not be written, so the whole hold stays charged. */
  settleError?: string;
  /** The limits that this call took past four fifths of what they allow. */
  limitsNearlyReached?: readonly LimitUse[];
  /** The limit that refused the call. */
  refusedBy?: QuotaDetails | ExcessDetails | undefined;
  /** Of a stream: pieces of text, and when the first was there. */
  deltas?: number;
  firstDeltaMs?: number;
  /** The caller hung up before the end. */
  callerGone?: boolean;
  upstreamMs?: number;
  totalMs?: number;
  /** What Bedrock or DynamoDB said of a failure. */
  failure?: ServiceFailure;
  /** Where an unforeseen error was thrown: its class and stack frames, without its message. */
  trace?: readonly string[];
}

/** Writes one finished line. */
export type WriteLine = (line: string) => void;

interface Logging {
  readonly config: Pick<Config, 'metrics'>;
  readonly write: WriteLine;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * One JSON line a request, its metrics included, straight to standard output: under Lambda's JSON log format anything
 * written through `console` is wrapped in another object, where CloudWatch finds no metrics.
 */
export function logRequest(log: RequestLog, { config, now, write }: Logging): void {
  const at = now();
  const line = {
    timestamp: new Date(at).toISOString(),
    level: levelOf(log),
    message: 'request',
    ...log,
    ...embeddedMetrics(log, config.metrics, at),
  };
  write(`${JSON.stringify(line)}\n`);
}

/** Class and stack frames of an unforeseen error. Its message stays out: it may quote what the caller sent. */
export function traceOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [typeof error];
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.constructor.name, ...frames.slice(0, 10).map((line) => line.trim())];
}

function levelOf({ code, settleError, underestimated }: RequestLog): 'ERROR' | 'WARN' | 'INFO' {
  // Of a stream that broke off, the status is 200 all the same.
  if (settleError || (code && errorDefinition(code).status >= 500)) return 'ERROR';
  return code || underestimated ? 'WARN' : 'INFO';
}
