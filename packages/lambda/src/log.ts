import type { ErrorCode, RouteName, Usage } from '@org/contract';
import type { Amounts } from './ledger/amounts.ts';
import type { ServiceFailure } from './proxy-error.ts';

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
  upstreamMs?: number;
  totalMs?: number;
  /** What Bedrock or DynamoDB said of a failure. */
  failure?: ServiceFailure;
  /** Where an unforeseen error was thrown: its class and stack frames, without its message. */
  trace?: readonly string[];
}

/** Writes one finished line. */
export type WriteLine = (line: string) => void;

/**
 * One JSON line a request, straight to standard output: under Lambda's JSON log format anything written through
 * `console` is wrapped in another object.
 */
export function logRequest(log: RequestLog, now: number, write: WriteLine): void {
  const level = levelOf(log);
  write(`${JSON.stringify({ timestamp: new Date(now).toISOString(), level, message: 'request', ...log })}\n`);
}

/** Class and stack frames of an unforeseen error. Its message stays out: it may quote what the caller sent. */
export function traceOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [typeof error];
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.constructor.name, ...frames.slice(0, 10).map((line) => line.trim())];
}

function levelOf({ status = 500, code, settleError, underestimated }: RequestLog): 'ERROR' | 'WARN' | 'INFO' {
  if (status >= 500 || settleError) return 'ERROR';
  return code || underestimated ? 'WARN' : 'INFO';
}
