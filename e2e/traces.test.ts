import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';
import { startTraceDaemon } from './trace-daemon.ts';

/** The config `company`, which is traced. */
async function startTraced() {
  const { address, next, packets } = await startTraceDaemon();
  const system = await startSystem('company', { environment: { AWS_XRAY_DAEMON_ADDRESS: address } });
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
