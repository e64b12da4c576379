import { expect, onTestFinished, test } from 'vitest';
import { type AwsAnswers, startAws } from '../testing/index.ts';
import { Logs } from './logs.ts';

const group = '/aws/lambda/proxy-test';
const range = { from: 0, to: 1000 };

async function start(answers: AwsAnswers): Promise<Logs> {
  const logs = new Logs(await startAws(answers));
  onTestFinished(() => logs.close());
  return logs;
}

const search = async (answers: AwsAnswers) => (await start(answers)).search(group, { pattern: '', ...range });
const query = async (answers: AwsAnswers) =>
  (await start(answers)).query(group, { query: 'stats', ...range });

test('lines of the log come from every page, empty pages included', async () => {
  const lines = await search({
    FilterLogEvents: { body: { events: [{ message: 'one' }, { message: 'two' }], nextToken: 'second' } },
    'FilterLogEvents second': { body: { events: [], nextToken: 'third' } },
    'FilterLogEvents third': { body: { events: [{ message: 'three' }] } },
  });
  expect(lines).toEqual(['one', 'two', 'three']);
});

test('a query returns its rows by name, and the bytes that AWS bills', async () => {
  const fields = [{ field: 'team', value: 'acme' }, { field: 'usd', value: '1.5' }, { field: 'key' }];
  const result = await query({
    StartQuery: { body: { queryId: 'one' } },
    GetQueryResults: {
      body: { status: 'Complete', results: [fields], statistics: { bytesScanned: 4096 } },
    },
  });
  expect(result).toEqual({ rows: [{ team: 'acme', usd: '1.5' }], searchedBytes: 4096 });
});

test.each(['Failed', 'Cancelled', 'Timeout'])(
  'a query that is %s is an error that says so',
  async (status) => {
    const failed = query({
      StartQuery: { body: { queryId: 'one' } },
      GetQueryResults: { body: { status } },
    });
    await expect(failed).rejects.toMatchObject({ code: 'log_query_failed', data: { status } });
  },
);

test.each([
  ['FilterLogEvents', search],
  ['StartQuery', query],
])(
  '%s of a log group that is not there names it; any other failure stays as it is',
  async (operation, read) => {
    const exception = 'ResourceNotFoundException';
    const missing = read({ [operation]: { status: 400, exception, body: { message: 'no' } } });
    await expect(missing).rejects.toMatchObject({
      code: 'no_such_log',
      message: 'There is no log group /aws/lambda/proxy-test in us-east-1.',
    });
    await expect(read({})).rejects.toMatchObject({ name: 'AccessDeniedException' });
  },
);
