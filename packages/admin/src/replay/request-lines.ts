import { longestCallMs } from '@org/contract';
import { requestLogGroupOf } from '@org/infra/config';
import { Logs } from '../aws/logs.ts';
import type { Deployment } from '../deployment.ts';

/**
 * The function's log lines about a month's requests. A call's line is written at its end, when the month may be over.
 *
 * @param month `2026-10`, in UTC.
 * @throws {AdminError} If there is no log.
 */
export async function* requestLinesOf(
  { config, endpoints }: Deployment,
  month: string,
): AsyncIterable<string> {
  const from = new Date(`${month}-01T00:00:00Z`);
  const next = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1);
  const logs = new Logs(endpoints('cloudwatch_logs'));
  try {
    const range = { from: from.getTime(), to: next + longestCallMs.stream };
    yield* logs.lines(requestLogGroupOf(config), { pattern: '{ $.message = "request" }', ...range });
  } finally {
    logs.close();
  }
}
