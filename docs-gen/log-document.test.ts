import { join } from 'node:path';
import { errorCodes, errorDefinition, mediaTypesOf, routeNames, routes } from '@org/contract';
import { logQueries } from '@org/infra/log-queries';
import { metricUnits, otherMetricUnits, overAll } from '@org/lambda/log/metrics';
import { test } from 'vitest';
import { expectCommitted, repository } from './committed.ts';
import { describedMembers } from './docstrings.ts';
import { table } from './table.ts';

const log = join(repository, 'packages/lambda/src/log');
const queriesFile = join(repository, 'packages/infra/src/stack/watch/log-queries.ts');

const perMetricAndMonth = 0.3;
const free = 10;

/** The most metrics that a deployment pays for: every metric with every combination of its dimensions. */
function countedMetrics() {
  const all = Object.keys(metricUnits).length;
  const byModel = all - overAll.size;
  const operations = routeNames.length;
  const asking = routeNames.filter((name) => routes[name].asks);
  // A whole answer has no first piece.
  const perModel = asking.map((name) =>
    mediaTypesOf(routes[name]).includes('text/event-stream') ? byModel : byModel - 1,
  );
  const ofModel = perModel.reduce((sum, count) => sum + count, 0);
  const codes = errorCodes.filter((code) =>
    errorDefinition(code).madeBy.some((maker) => maker !== 'gateway'),
  ).length;
  const fixed = all + 3 * operations + codes;
  const ofFour = fixed + 4 * ofModel;
  return {
    lines: [
      `${all} over everything`,
      `${ofModel} M by operation and model: ${asking.map((name, index) => `${perModel[index]} of ${name}`).join(', ')}`,
      `${3 * operations} by operation alone: ${operations} operations, 3 metrics`,
      `${codes} by code`,
      `= ${fixed} + ${ofModel} M`,
    ],
    example: `Four models, everything written in every hour of the month: ${fixed} + ${ofModel} × 4 = ${ofFour} metrics, (${ofFour} − ${free}) × ${perMetricAndMonth.toFixed(2)} = ${((ofFour - free) * perMetricAndMonth).toFixed(2)} USD.`,
  };
}

const { lines, example } = countedMetrics();

/** A table of metrics, with the docstrings of the constant that has their units. */
const metricTable = (constant: string, units: Readonly<Record<string, string>>) =>
  table(
    ['metric', 'unit', ''],
    describedMembers(join(log, 'metrics.ts'), constant).map(([name, text]) => [
      `\`${name}\``,
      units[name] ?? '',
      overAll.has(name) ? `${text} Over everything alone.` : text,
    ]),
  );

const page = [
  '# The log line and its metrics',
  '',
  '`docs-gen/log-document.test.ts` writes this page from the docstrings of',
  '[request-log.ts](../packages/lambda/src/log/request-log.ts) and [metrics.ts](../packages/lambda/src/log/metrics.ts),',
  'and fails if the page is out of date (`UPDATE_DOCS=1` writes it again).',
  '',
  '## The log line',
  '',
  'One JSON line a request, in `/aws/lambda/{name}-{stage}`. No prompt, no answer, no header and no key value has a field.',
  `\`operation\` is one of ${routeNames.map((name) => `\`${name}\``).join(', ')}.`,
  '',
  ...table(
    ['field', ''],
    describedMembers(join(log, 'request-log.ts'), 'RequestLog').map(([name, text]) => [`\`${name}\``, text]),
  ),
  '',
  '## Queries of the dashboard',
  '',
  ...describedMembers(queriesFile, 'logQueries').flatMap(([name, text]) => {
    const [, query = []] = Object.entries(logQueries).find(([known]) => known === name) ?? [];
    return [text, '', '```', query.join('\n| '), '```', ''];
  }),
  '## Metrics',
  '',
  'The function writes them with the log line, in the namespace `{name}-{stage}`. Each has a value over everything.',
  'Unless the table says otherwise, each also has values by `operation` and `model`, or by `operation` alone if a request',
  'did not reach a model; `Errors` also by `code`.',
  '',
  ...metricTable('metricUnits', metricUnits),
  '',
  'These are written in lines of their own, only when something failed, and over everything alone:',
  '',
  ...metricTable('otherMetricUnits', otherMetricUnits),
  '',
  '## What metrics cost',
  '',
  `A metric costs ${perMetricAndMonth.toFixed(2)} USD a month, ${free} are free, and one that is not written for an hour does not cost for that hour: idle`,
  'it is nothing. Each combination of dimensions counts as a metric. So with M models there are at most',
  '',
  '```',
  ...lines,
  '```',
  '',
  example,
  '',
].join('\n');

test('docs/log-and-metrics.md is what the log and its metrics are', () => {
  expectCommitted('docs/log-and-metrics.md', page);
});
