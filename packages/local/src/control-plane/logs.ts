import { parseJson } from '@org/contract';
import * as z from 'zod/mini';
import { runQuery } from './insights.ts';
import { JsonServiceError, jsonService, operation } from './json-protocol.ts';
import type { ControlPlaneContext } from './service.ts';

/** The most events or rows of one answer, as on AWS. */
const mostEvents = 10_000;

/**
 * The part of CloudWatch Logs that reads: the lines that the functions really wrote, and the log groups of the template.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export const logs = jsonService('CloudWatch Logs', {
  DescribeLogGroups: operation(
    z.strictObject({ logGroupNamePrefix: z._default(z.string(), '') }),
    ({ logGroupNamePrefix: prefix }, { api }) => ({
      logGroups: api.watch.logGroups
        .filter(({ name }) => name.startsWith(prefix))
        .map(({ name, retentionDays }) => ({ logGroupName: name, retentionInDays: retentionDays })),
    }),
  ),

  FilterLogEvents: operation(
    z.strictObject({
      logGroupName: z.string(),
      startTime: z._default(z.number(), 0),
      endTime: z._default(z.number(), Number.POSITIVE_INFINITY),
      filterPattern: z._default(z.string(), ''),
      nextToken: z.optional(z.string()),
    }),
    ({ logGroupName: group, startTime, endTime, filterPattern, nextToken }, context) => {
      requireGroup(context, group);
      const matches = matcherOf(filterPattern);
      const rest = context.log.eventsOf(group).filter(({ id, at, message }) => {
        const isNew = id > Number(nextToken ?? 0);
        return isNew && at >= startTime && at <= endTime && matches(message);
      });
      const page = rest.slice(0, mostEvents);
      return {
        events: page.map(({ id, at, message }) => ({
          ...{ eventId: String(id), logStreamName: 'local', message },
          ...{ timestamp: at, ingestionTime: at },
        })),
        ...(rest.length > page.length ? { nextToken: String(page.at(-1)?.id) } : {}),
      };
    },
  ),

  // A query is over at once, and its result is kept.
  StartQuery: operation(
    z.strictObject({
      logGroupName: z.string(),
      queryString: z.string(),
      startTime: z.int(),
      endTime: z.int(),
      limit: z.int().check(z.minimum(1), z.maximum(mostEvents)),
    }),
    ({ logGroupName: group, queryString, startTime, endTime, limit }, context) => {
      requireGroup(context, group);
      const events = context.log
        .eventsOf(group)
        .filter(({ at }) => at >= startTime * 1000 && at <= endTime * 1000);
      return { queryId: context.queries.add(runQuery(queryString, events, limit)) };
    },
  ),

  GetQueryResults: operation(z.strictObject({ queryId: z.string() }), ({ queryId }, { queries }) => {
    const results = queries.get(queryId);
    if (!results) throw new JsonServiceError('ResourceNotFoundException', 'The query does not exist.');
    return { status: 'Complete', ...results };
  }),
});

function requireGroup({ api }: ControlPlaneContext, group: string): void {
  const names = [
    ...api.watch.logGroups.map(({ name }) => name),
    ...api.functions.map((each) => each.logGroup),
  ];
  if (!names.includes(group)) {
    throw new JsonServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
  }
}

/**
 * Two of the forms that a filter pattern may have: a top-level field of a JSON line that is equal to a string, and a regular
 * expression of strings with `|` between.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
function matcherOf(pattern: string): (message: string) => boolean {
  if (pattern === '') return () => true;
  const [, strings] = /^%([\w:#=@/;,|-]+)%$/.exec(pattern) ?? [];
  if (strings !== undefined) {
    return (message) => strings.split('|').some((string) => message.includes(string));
  }
  const [, field, value] = /^\{ \$\.(\w+) = "([^"\\*]*)" \}$/.exec(pattern) ?? [];
  if (field !== undefined) {
    return (message) => {
      const { data } = z.safeParse(Line, parseJson(message));
      return data?.[field] === value;
    };
  }
  throw new JsonServiceError(
    'InvalidParameterException',
    `The local gateway does not know the pattern ${pattern}`,
  );
}

const Line = z.record(z.string(), z.unknown());
