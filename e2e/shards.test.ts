import { localEndpoints, openDeployment, usageReport } from '@org/admin';
import { AnswerSchema } from '@org/contract';
import { expect, onTestFinished, test } from 'vitest';
import { configs } from './configs.ts';
import { startSystem } from './harness.ts';

test('of calls at once of a team over shards, as many are answered as its limit allows, and all use is reported', async () => {
  const { send, keyValue, url } = await startSystem('contested');
  const key = keyValue('spread-key');
  const replies = await Promise.all(
    Array.from({ length: 24 }, () => send({ key, body: { model: 'nova-lite', question: 'Hi' } })),
  );
  const refused = replies.filter(({ status }) => status !== 200);
  expect(refused).toHaveLength(14);
  // As long as others are in flight, they may still give something back.
  for (const reply of refused) expect(reply.error().code).toMatch(/^(?:quota_exceeded|rate_limited)$/);
  const later = await send({ key, body: { model: 'nova-lite', question: 'Hi' } });
  expect(later.error()).toMatchObject({ code: 'quota_exceeded', details: { max: 10, used: 10 } });

  const shown = { limit: 'requests', period: 'month', scope: 'team', max: 10, used: 10, remaining: 0 };
  expect((await send({ method: 'GET', path: '/usage', key })).json()).toMatchObject({ limits: [shown] });
  const endpoints = await localEndpoints(new URL(url).origin, 'contested-dev');
  const now = () => Date.parse('2026-11-22T12:00:00Z');
  const deployment = await openDeployment(configs.contested, endpoints, now);
  onTestFinished(() => deployment.close());
  const { usage } = await usageReport(deployment, { team: 'spread' });
  expect(usage).toMatchObject([{ team: 'spread', used: { month: { requests: 10 } }, limits: [shown] }]);
});

test('an answer warns of what all shards have used together', async () => {
  const { send, keyValue } = await startSystem('contested');
  const body = { model: 'nova-lite', question: 'Hi' };
  const warned = [];
  for (let made = 0; made < 9; made += 1) {
    const { warnings } = AnswerSchema.parse((await send({ key: keyValue('spread-key'), body })).json());
    warned.push(warnings?.[0]?.used);
  }
  expect(warned).toEqual([...Array(7).fill(undefined), 8, 9]);
});
