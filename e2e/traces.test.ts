import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import { startSystem } from './harness.ts';

/** What the X-Ray daemon needs of a subsegment: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
const id = z.string().check(z.regex(/^[0-9a-f]{16}$/));
const Part = z.looseObject({ id, name: z.string(), start_time: z.number(), end_time: z.number() });
const Segment = z.looseObject({
  ...Part.shape,
  type: z.literal('subsegment'),
  trace_id: z.string().check(z.regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/)),
  parent_id: id,
  annotations: z.record(z.string().check(z.regex(/^\w+$/)), z.string()),
  subsegments: z.array(Part),
});

/** The config `company`, which is traced, and the packets that reach the daemon's port. */
async function startTraced() {
  const daemon = createSocket('udp4');
  const packets: string[] = [];
  daemon.on('message', (packet) => packets.push(packet.toString()));
  daemon.bind(0, '127.0.0.1');
  await once(daemon, 'listening');
  onTestFinished(() => void daemon.close());
  const environment = { AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}` };
  const system = await startSystem('company', { environment });
  /** The next segment, after its header. */
  const next = async () => {
    while (packets.length === 0) await setImmediate();
    const [header = '', document = ''] = packets.shift()?.split('\n', 2) ?? [];
    expect(JSON.parse(header)).toEqual({ format: 'json', version: 1 });
    return z.parse(Segment, JSON.parse(document));
  };
  return { ...system, next, packets };
}

test('a call is a subsegment, with one for the hold, each attempt at the model and the settlement', async () => {
  const { ask, bedrock, next } = await startTraced();
  const reply = await ask('staff-key');
  const { annotations, subsegments, ...call } = await next();
  expect(annotations).toEqual({
    ...{ request_id: reply.headers.get('x-request-id'), door: 'native' },
    ...{ team: 'staff', plan: 'staff', model: 'llama' },
  });
  expect(call).toMatchObject({ name: 'ask' });
  expect(subsegments.map(({ name }) => name)).toEqual(['hold', 'Bedrock', 'settle']);
  const edges = subsegments.flatMap((part) => [part.start_time, part.end_time]);
  expect(edges).toEqual(edges.toSorted((one, other) => one - other));
  expect(edges[0]).toBeGreaterThanOrEqual(call.start_time);
  expect(edges.at(-1)).toBeLessThanOrEqual(call.end_time);

  const throttle = { kind: 'exception', name: 'ThrottlingException', message: 'Too many requests' } as const;
  bedrock.failNext(throttle);
  expect((await ask('staff-key')).status).toBe(200);
  const again = (await next()).subsegments;
  expect(again.map(({ name, throttle: throttled }) => [name, throttled])).toEqual([
    ['hold', undefined],
    ['Bedrock', true],
    ['Bedrock', undefined],
    ['settle', undefined],
  ]);
});

test('an error is a fault, an error or a throttle, with its code; a refused call has no part that it did not reach', async () => {
  const { ask, bedrock, next } = await startTraced();
  bedrock.failNext({ kind: 'exception', name: 'ModelErrorException', message: 'No.' });
  await ask('staff-key');
  expect(await next()).toMatchObject({ fault: true, annotations: { code: 'upstream_error' } });
  await ask('staff-key', { model: 'nowhere' });
  const refused = await next();
  expect(refused).toMatchObject({ error: true, subsegments: [] });
});

test('no prompt, no answer and no key is in a segment', async () => {
  const { ask, stream, bedrock, keyValue, next } = await startTraced();
  const sent = { question: 'canary-question', system: 'canary-system', model: 'claude-haiku-4.5' };
  bedrock.answerNext({ deltas: ['canary-answer'] }, { deltas: ['canary-answer'] });
  await ask('staff-key', sent);
  await (await stream('staff-key', sent)).rest();
  await ask('staff-key', { ...sent, model: 'canary-model' });
  const all = JSON.stringify([await next(), await next(), await next()]);
  expect(all).not.toContain('canary');
  expect(all).not.toContain(keyValue('staff-key'));
});

test('a deployment that is not traced sends nothing', async () => {
  const { packets } = await startTraced();
  const { ask } = await startSystem('shipped');
  expect((await ask('tollmkey')).status).toBe(200);
  expect(packets).toEqual([]);
});
