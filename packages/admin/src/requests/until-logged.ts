import { setTimeout } from 'node:timers/promises';
import { parseJson } from '@org/contract';
import { requestLogGroupOf } from '@org/infra/config';
import * as z from 'zod/mini';
import { Logs } from '../aws/logs.ts';
import type { Deployment } from '../deployment.ts';
import { LoggedRequest } from './logged-request.ts';

/** Seconds between two searches: a line takes some until it is found. */
const waits = [0, 1, 2, 4, 8];

/** Clocks of this machine and of AWS may differ by as much. */
const clocksDifferMs = 5 * 60 * 1000;

/**
 * Waits some seconds for the log line of a request that has ended. AWS charges nothing for it.
 *
 * @param options.since When the request was sent: milliseconds since 1970.
 * @returns Undefined if it is not found.
 * @throws {AdminError} If there is no log.
 */
export async function untilLogged(
  { config, endpoints }: Pick<Deployment, 'config' | 'endpoints'>,
  requestId: string,
  { since, signal }: { readonly since: number; readonly signal?: AbortSignal | undefined },
): Promise<LoggedRequest | undefined> {
  // It becomes part of a pattern.
  if (!/^[\w=-]{1,128}$/.test(requestId)) return undefined;
  const logs = new Logs(endpoints('cloudwatch_logs'));
  try {
    for (const seconds of waits) {
      await setTimeout(seconds * 1000, undefined, { ...(signal && { signal }) });
      const search = { pattern: `{ $.requestId = "${requestId}" }`, from: since - clocksDifferMs };
      for (const line of await logs.search(requestLogGroupOf(config), search)) {
        const { data } = z.safeParse(LoggedRequest, parseJson(line));
        if (data) return data;
      }
    }
    return undefined;
  } finally {
    logs.close();
  }
}
