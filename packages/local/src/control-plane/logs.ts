import * as z from 'zod/mini';
import { parseJson } from '../http/parse-json.ts';
import { JsonServiceError, jsonService, operation } from './json-protocol.ts';
import type { ControlPlaneContext } from './service.ts';

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
      if (!hasGroup(context, group)) {
        throw new JsonServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
      }
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
});

/** The most events of one answer, as on AWS. */
const mostEvents = 10_000;

function hasGroup({ api }: ControlPlaneContext, group: string): boolean {
  const names = [
    ...api.watch.logGroups.map(({ name }) => name),
    ...api.functions.map((each) => each.logGroup),
  ];
  return names.includes(group);
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
