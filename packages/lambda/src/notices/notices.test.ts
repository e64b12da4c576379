import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { LimitUse } from '../ledger/admission.ts';
import type { RequestLog } from '../log/request-log.ts';
import { RefusedRequest } from '../signed-request.ts';
import { hiddenId } from '../usage-id.ts';
import type { Notice } from './notice.ts';
import { createNotices } from './notices.ts';
import type { Message } from './publish.ts';

const at = Date.parse('2026-11-30T23:30:00Z');
const log: RequestLog = { requestId: 'request-1', team: 'acme', keyId: 'key1', model: 'nova-lite' };
const use: LimitUse = {
  scope: 'team',
  limit: 'usd',
  period: 'month',
  max: 50,
  used: 41.2345678,
  threshold: 80,
};

const Json = z.looseObject({ text: z.string() }) satisfies z.ZodMiniType<Pick<Notice, 'text'>>;

/** The messages about limits that a call took past a share. The first attempts to publish fail. */
async function sent(
  uses: readonly LimitUse[],
  facts: Partial<RequestLog> = {},
  failures: readonly Error[] = [],
) {
  const messages: Message[] = [];
  const lines: string[] = [];
  const failing = [...failures];
  const observer = createNotices({
    config: { metrics: 'proxy-test', timeZone: 'Europe/Berlin' },
    publish: async (message) => {
      const failure = failing.shift();
      if (failure) throw failure;
      messages.push(message);
    },
    write: (line) => lines.push(line),
    now: () => 0,
  })({ log: { ...log, ...facts, limitsNearlyReached: uses }, at });
  await observer?.report(new AbortController().signal);
  const notices = messages.map(({ json }) => z.parse(Json, json));
  return { messages, lines, notices };
}

test('a notice says whose limit it is, how much is used, and when it resets in the time zone of the limits', async () => {
  const { messages } = await sent([use]);
  const text = expect.stringMatching(
    /^The team acme has used \$41\.2346 of \$50\.00 this month: 80 % of the limit or more\.\n\nThe limit resets at 2026-12-31T23:00:00\.000Z\./,
  );
  expect(messages).toEqual([
    {
      team: 'acme',
      subject: 'acme: 80 % of the spend this month used (proxy-test)',
      text,
      json: {
        ...{ deployment: 'proxy-test', team: 'acme', scope: 'team', limit: 'usd', period: 'month' },
        ...{ threshold: 80, max: 50, used: 41.2345678, resetsAt: '2026-12-31T23:00:00.000Z' },
        ...{ requestId: 'request-1', text },
      },
    },
  ]);
});

test('a call without such a limit sends nothing', async () => {
  expect(await sent([])).toMatchObject({ messages: [], lines: [] });
});

test.each<[LimitUse['scope'], Partial<RequestLog>, Partial<Notice>]>([
  ['key', {}, { keyId: 'key1' }],
  ['model', {}, { model: 'nova-lite' }],
  ['person', { person: 'ann' }, { person: hiddenId('ann') }],
  ['customer', { customer: 'customer-1' }, { customer: hiddenId('customer-1') }],
  ['customer', { customer: 'sha256:0123' }, { customer: 'sha256:0123' }],
])("of a %s's limit it has %j, a person and a customer only as a hash: %j", async (scope, facts, named) => {
  const { notices, messages } = await sent([{ ...use, scope }], facts);
  expect(notices[0]).toMatchObject(named);
  for (const value of Object.values(named)) expect(notices[0]?.text).toContain(value);
  expect(JSON.stringify(messages)).not.toMatch(/\bann\b|customer-1/);
  expect(Object.keys(notices[0] ?? {})).toHaveLength(12);
});

test('requests that name no customer are a customer without an id', async () => {
  const { notices } = await sent([{ ...use, scope: 'customer' }]);
  expect(notices[0]).toMatchObject({ scope: 'customer', customer: undefined });
  expect(notices[0]?.text).toMatch(/^A customer of the team acme has used/);
});

test('a call that takes two limits past a share sends two notices', async () => {
  const { notices } = await sent([use, { ...use, limit: 'tokens', used: 1_234_567, max: 1_500_000 }]);
  expect(notices.map(({ text }) => text.split('\n')[0])).toEqual([
    expect.stringContaining('$41.2346 of $50.00'),
    expect.stringContaining('1,234,567 of 1,500,000 tokens'),
  ]);
});

test('the subject is what SNS takes, whatever the names', async () => {
  const { messages } = await sent([{ ...use, scope: 'model' }], { team: 'x'.repeat(64), model: 'modèle' });
  expect(messages[0]?.subject).toMatch(/^[ -~]{1,100}$/);
});

const named = (name: string, error = new Error('canary')) => Object.assign(error, { name });
const refused = named('Throttled', new RefusedRequest('canary'));

test.each([
  ['what SNS refuses is sent again', [refused], 1, []],
  ['what SNS refuses twice is lost', [refused, refused], 0, ['Throttled']],
  ['what was not sent at all is sent again', [Object.assign(new Error(), { code: 'ECONNREFUSED' })], 1, []],
  ['what SNS may have taken is not sent again', [named('TimeoutError')], 0, ['TimeoutError']],
])('%s', async (_rule, failures, count, lost) => {
  const { messages, lines } = await sent([use], {}, failures);
  expect(messages).toHaveLength(count);
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    lost.map((failure) => ({
      ...{
        timestamp: expect.any(String),
        level: 'ERROR',
        message: 'notice',
        requestId: 'request-1',
        failure,
      },
      NoticesNotSent: 1,
      _aws: {
        Timestamp: 0,
        CloudWatchMetrics: [
          {
            ...{ Namespace: 'proxy-test', Dimensions: [[]] },
            Metrics: [{ Name: 'NoticesNotSent', Unit: 'Count' }],
          },
        ],
      },
    })),
  );
});
