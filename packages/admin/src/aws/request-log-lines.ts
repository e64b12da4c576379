import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { AdminError } from '../admin-error.ts';
import type { ClientSettings } from './endpoints.ts';

export interface LogRange {
  /** Name of the log group. */
  readonly group: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads the function's log lines about requests, in about the order in which they were written. CloudWatch returns them
 * in pages of at most 1 MB and charges nothing for them.
 *
 * @throws {AdminError} If there is no such log group.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export async function* requestLogLines(
  { group, from, to }: LogRange,
  settings: ClientSettings,
): AsyncIterable<string> {
  const client = new CloudWatchLogsClient(settings);
  try {
    const filter = { filterPattern: '{ $.message = "request" }', startTime: from, endTime: to };
    for await (const { events = [] } of paginateFilterLogEvents(
      { client },
      { logGroupName: group, ...filter },
    )) {
      for (const { message } of events) if (message !== undefined) yield message;
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
    throw new AdminError('no_such_log', { group, region: settings.region });
  } finally {
    client.destroy();
  }
}
