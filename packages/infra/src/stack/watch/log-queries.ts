/**
 * Queries over the function's log. The fields are those of the log line. A team is a field there and not
 * a dimension of a metric, because each team would cost its own metrics.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export const logQueries = {
  /** The use and the cost of each team. */
  useByTeam: [
    'filter message = "request" and ispresent(team)',
    'stats count(*) as requests, sum(Errors) as errors, sum(InputTokens) as input, sum(OutputTokens) as output, ' +
      'sum(costUsd) as usd by team',
    'sort usd desc',
  ],
  /** Teams and keys at a limit, or near one. */
  limitsByTeam: [
    'filter code = "quota_exceeded" or ispresent(limitsNearlyReached.0.limit)',
    'fields coalesce(refusedBy.limit, limitsNearlyReached.0.limit) as kind, ' +
      'coalesce(refusedBy.period, limitsNearlyReached.0.period) as per',
    'stats sum(LimitsNearlyReached) as nearly, sum(HoldsRefused) as refused by team, keyId, kind, per',
    'sort refused desc',
  ],
} as const;
