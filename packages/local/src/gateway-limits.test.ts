import { expect, test } from 'vitest';
import type { Clock, Template } from './gateway.ts';
import { edit } from './testing/deployment.ts';
import { native, testGateways } from './testing/gateway.ts';

const start = testGateways();

const limitExceeded = {
  status: 429,
  errorType: 'LimitExceededException',
  body: '{"message":"Limit Exceeded"}',
};
const tooManyRequests = {
  status: 429,
  errorType: 'TooManyRequestsException',
  body: '{"message":"Too Many Requests"}',
};

function clockAt(iso: string): Clock & { set(iso: string): void } {
  let now = Date.parse(iso);
  return {
    now: () => now,
    set: (next) => {
      now = Date.parse(next);
    },
  };
}

const withPlan =
  (limits: Readonly<Record<string, unknown>>) =>
  (template: Template): Template =>
    edit(template, 'Plan', limits);

async function statuses(ask: () => Promise<Response>, requests: number): Promise<number[]> {
  const list: number[] = [];
  for (let count = 0; count < requests; count += 1) {
    list.push((await ask()).status);
  }
  return list;
}

test('a quota admits the limit less its offset in the first month, and the limit in the next', async () => {
  const clock = clockAt('2026-11-22T12:00:00Z');
  const gateway = await start({
    clock,
    editTemplate: withPlan({ Quota: { Limit: 5, Offset: 2, Period: 'MONTH' } }),
  });
  expect(await statuses(() => gateway.ask(), 3)).toEqual([200, 200, 200]);
  expect(await native(await gateway.ask())).toEqual(limitExceeded);
  clock.set('2026-11-30T23:59:59.999Z');
  expect(await native(await gateway.ask())).toEqual(limitExceeded);
  clock.set('2026-12-01T00:00:00Z');
  expect(await statuses(() => gateway.ask(), 6)).toEqual([200, 200, 200, 200, 200, 429]);
});

test('a request that fails validation has used its quota', async () => {
  const gateway = await start({ editTemplate: withPlan({ Quota: { Limit: 1, Period: 'DAY' } }) });
  expect((await gateway.ask('[]')).status).toBe(400);
  expect(await native(await gateway.ask())).toEqual(limitExceeded);
});

test('a throttle admits its burst while the clock stands, and its rate as it goes on', async () => {
  const clock = clockAt('2026-11-22T12:00:00Z');
  const gateway = await start({
    clock,
    editTemplate: withPlan({ Throttle: { BurstLimit: 3, RateLimit: 1 } }),
  });
  const first = await Promise.all(Array.from({ length: 5 }, () => gateway.ask()));
  expect(first.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 429, 429]);
  expect(await native(await gateway.ask())).toEqual(tooManyRequests);
  clock.set('2026-11-22T12:00:02Z');
  expect(await statuses(() => gateway.ask(), 3)).toEqual([200, 200, 429]);
});

test('a throttle of the stage also counts requests without a key', async () => {
  const clock = clockAt('2026-11-22T12:00:00Z');
  const gateway = await start({
    clock,
    editTemplate: (template) =>
      edit(template, 'Stage', {
        MethodSettings: [
          { HttpMethod: '*', ResourcePath: '/*', ThrottlingBurstLimit: 2, ThrottlingRateLimit: 1 },
          {
            HttpMethod: 'GET',
            ResourcePath: '/~1items~1{id}',
            ThrottlingBurstLimit: 0,
            ThrottlingRateLimit: 0,
          },
        ],
      }),
  });
  expect(await statuses(() => gateway.get('/other'), 3)).toEqual([200, 200, 429]);
  expect((await gateway.get('/items/1')).status).toBe(429);
});

test('without a usage plan no key is valid', async () => {
  const gateway = await start({
    editTemplate: (template) => {
      for (const id of ['Plan', 'TeamMembership', 'DisabledMembership']) {
        delete template.Resources[id];
      }
      return template;
    },
  });
  expect((await gateway.ask()).status).toBe(403);
});

test('a usage plan that does not list the stage does not count', async () => {
  const gateway = await start({ editTemplate: withPlan({ ApiStages: [] }) });
  expect((await gateway.ask()).status).toBe(403);
});

test('a key that is taken out of its plan is not valid', async () => {
  const gateway = await start({
    editTemplate: (template) => {
      delete template.Resources['TeamMembership'];
      return template;
    },
  });
  expect((await gateway.ask()).status).toBe(403);
});
