import { longestCallMs } from '@org/contract';
import { requestLogGroupOf } from '@org/infra/config';
import { Logs } from '../aws/logs.ts';
import type { Deployment } from '../deployment.ts';

/**
 * The function's log lines about the requests of a time. A call's line is written at its end, when that may be over.
 *
 * @param range Milliseconds since 1970; it includes `from`, and not `to`.
 * @throws {AdminError} If there is no log.
 */
export async function* requestLinesOf(
  { config, endpoints }: Deployment,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncIterable<string> {
  const logs = new Logs(endpoints('cloudwatch_logs'));
  try {
    const range = { from, to: to + longestCallMs.stream };
    yield* logs.lines(requestLogGroupOf(config), { pattern: '{ $.message = "request" }', ...range });
  } finally {
    logs.close();
  }
}
