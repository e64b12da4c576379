import type { Config } from '../config.ts';
import { failureName } from '../failure-name.ts';
import { momentOf } from '../ledger/moment.ts';
import { logLoss, type WriteLine } from '../log/log.ts';
import type { Observe } from '../log/observer.ts';
import { RefusedRequest } from '../signed-request.ts';
import { noticeMessage } from './notice.ts';
import type { Message, Publish } from './publish.ts';

export interface NoticesOptions {
  readonly config: Pick<Config, 'metrics' | 'timeZone'>;
  readonly publish: Publish;
  readonly write: WriteLine;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Sends a notice of each limit that a call took past a share, after its answer. Exactly one settlement takes a limit past a
 * share in a period, so there is at most one notice of it. One that is lost is a line of the log and a metric.
 */
export function createNotices({ publish, ...logging }: NoticesOptions): Observe {
  const { metrics, timeZone } = logging.config;
  return ({ log, at }) => ({
    note() {},
    async report(signal) {
      const { requestId, limitsNearlyReached = [] } = log;
      if (limitsNearlyReached.length === 0) return;
      const { windows } = momentOf(at, timeZone);
      await Promise.all(
        limitsNearlyReached.map(async (use) => {
          const resetsAt = new Date(windows[use.period].ends).toISOString();
          try {
            await once(publish, noticeMessage(metrics, log, use, resetsAt), signal);
          } catch (error) {
            logLoss('notice', { requestId, failure: failureName(error) }, logging);
          }
        }),
      );
    },
  });
}

/** Failures after which nothing was sent. */
const unsent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** Tries again if the message was certainly not taken. After a broken connection it may have been, and would come twice. */
async function once(publish: Publish, message: Message, signal: AbortSignal): Promise<void> {
  try {
    await publish(message, signal);
  } catch (error) {
    if (!(error instanceof RefusedRequest) && !unsent.has(failureName(error))) throw error;
    await publish(message, signal);
  }
}
