import type { ErrorCode } from '@org/contract';
import { expect, test } from 'vitest';
import type { AskEvent } from '../call/ask.ts';
import { nothing } from '../ledger/amounts.ts';
import type { RequestLog } from '../log/request-log.ts';
import { call } from '../testing/upstream-call.ts';
import { createTraces } from './traces.ts';

const sampled = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:0';

/** The segments of a request whose events are at seconds 1, 2, ... */
async function segments(
  header: string | undefined,
  events: readonly AskEvent[] = [],
  log: Partial<RequestLog> = {},
) {
  const sent: object[] = [];
  let seconds = -1;
  const observer = createTraces({
    header: () => header,
    send: async (document) => void sent.push(document),
    now: () => {
      seconds += 1;
      return seconds * 1000;
    },
    randomBytes: (count) => Buffer.alloc(count),
  })({ log: { requestId: 'request-1', ...log }, at: 0 });
  for (const event of events) observer?.note(event);
  await observer?.report(new AbortController().signal);
  return sent;
}

const settled: AskEvent = {
  type: 'settled',
  settled: { held: nothing, charged: nothing, settlement: { limits: [], nearlyReached: [] } },
};

test.each([
  ['no header', undefined],
  ['an empty header', ''],
  ['a call that X-Ray does not sample', sampled.replace('Sampled=1', 'Sampled=0')],
  ['a header without a parent', 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1'],
])('%s: nothing is sent', async (_name, header) => expect(await segments(header)).toEqual([]));

test('a throttled attempt ends when it failed, and the next begins after the wait', async () => {
  const [segment] = await segments(
    sampled,
    [
      { type: 'admitted', call, warnings: [] },
      { type: 'throttled', retryInMs: 500 },
      { type: 'replied' },
      settled,
    ],
    { operation: 'ask' },
  );
  expect(segment).toEqual({
    type: 'subsegment',
    id: '0000000000000000',
    trace_id: '1-5759e988-bd862e3fe1be46a994272793',
    parent_id: '53995c3f42cd8ad8',
    name: 'ask',
    start_time: 0,
    end_time: 5,
    annotations: { request_id: 'request-1' },
    subsegments: [
      {
        id: '0000000000000000',
        name: 'Bedrock',
        start_time: 1,
        end_time: 2,
        namespace: 'aws',
        throttle: true,
        error: true,
      },
      { id: '0000000000000000', name: 'Bedrock', start_time: 2.5, end_time: 3, namespace: 'aws' },
      { id: '0000000000000000', name: 'settle', start_time: 3, end_time: 4 },
    ],
  });
});

test.each<[ErrorCode, object]>([
  ['quota_exceeded', { error: true, throttle: true }],
  ['unknown_model', { error: true }],
  ['limits_unavailable', { fault: true }],
])('%s is %j', async (code, outcome) => {
  const [segment] = await segments(sampled, [], { code });
  expect(segment).toMatchObject({ name: 'request', annotations: { code }, ...outcome });
});
