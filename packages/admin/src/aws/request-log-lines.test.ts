import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { startAws } from '../testing/index.ts';
import type { ClientSettings } from './endpoints.ts';
import { requestLogLines } from './request-log-lines.ts';

const range = { group: '/aws/lambda/proxy-test', from: 0, to: 1000 };
const linesOf = (settings: ClientSettings) => Readable.from(requestLogLines(range, settings)).toArray();

test('lines of the log come from every page, empty pages included', async () => {
  const settings = await startAws({
    FilterLogEvents: { body: { events: [{ message: 'one' }, { message: 'two' }], nextToken: 'second' } },
    'FilterLogEvents second': { body: { events: [], nextToken: 'third' } },
    'FilterLogEvents third': { body: { events: [{ message: 'three' }] } },
  });
  expect(await linesOf(settings)).toEqual(['one', 'two', 'three']);
});

test('a log group that is not there is named; any other failure stays as it is', async () => {
  const exception = 'ResourceNotFoundException';
  const missing = await startAws({ FilterLogEvents: { status: 400, exception, body: { message: 'no' } } });
  await expect(linesOf(missing)).rejects.toMatchObject({
    code: 'no_such_log',
    message: 'There is no log group /aws/lambda/proxy-test in us-east-1.',
  });
  const denied = await startAws({});
  await expect(linesOf(denied)).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});
