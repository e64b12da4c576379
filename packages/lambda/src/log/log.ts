import { errorDefinition } from '@org/contract';
import type { Config } from '../config.ts';
import { embeddedMetrics, otherMetric } from './metrics.ts';
import type { RequestLog } from './request-log.ts';

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

/** Something that should have followed an answer, and did not. */
interface Loss {
  readonly requestId: string;
  /** Name of the failure. */
  readonly failure: string;
}

/** The messages of their lines, with their metrics. */
const losses = { 'prompt-log': 'PromptsNotKept', notice: 'NoticesNotSent' } as const;

/** Its own line, with its metric and no content: the line of the request was written before. */
export function logLoss(message: keyof typeof losses, loss: Loss, { config, now, write }: Logging): void {
  const at = now();
  const facts = { timestamp: new Date(at).toISOString(), level: 'ERROR', message };
  write(`${JSON.stringify({ ...facts, ...loss, ...otherMetric(losses[message], config.metrics, at) })}\n`);
}

function levelOf({ code, settleError, underestimated }: RequestLog): 'ERROR' | 'WARN' | 'INFO' {
  // Of a stream that broke off, the status is 200 all the same.
  if (settleError || (code && errorDefinition(code).status >= 500)) return 'ERROR';
  return code || underestimated ? 'WARN' : 'INFO';
}
