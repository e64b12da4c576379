import type { ErrorCode, RouteName, Usage } from '@org/contract';
import type { UpstreamFailure } from './proxy-error.ts';

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
  upstreamMs?: number;
  totalMs?: number;
  upstreamError?: UpstreamFailure;
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
  const level = (log.status ?? 500) >= 500 ? 'ERROR' : log.code ? 'WARN' : 'INFO';
  write(`${JSON.stringify({ timestamp: new Date(now).toISOString(), level, message: 'request', ...log })}\n`);
}

/** Class and stack frames of an unforeseen error. Its message stays out: it may quote what the caller sent. */
export function traceOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [typeof error];
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.constructor.name, ...frames.slice(0, 10).map((line) => line.trim())];
}
