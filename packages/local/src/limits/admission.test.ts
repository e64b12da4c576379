import { expect, test } from 'vitest';
import type { Throttle } from '../template/throttle.ts';
import type { UsagePlan } from '../template/usage-plans.ts';
import { Admission, type QuotaStore } from './admission.ts';
import { ApiKeyRegistry } from './api-key-registry.ts';

const now = Date.UTC(2026, 10, 22);

const plan = (limits: Partial<UsagePlan>): UsagePlan => ({
  id: 'plan',
  name: 'plan',
  throttle: undefined,
  quota: undefined,
  keys: new Set(['a', 'b']),
  ...limits,
});

function admission(limits: Partial<UsagePlan>, stageThrottle?: Throttle, store?: QuotaStore) {
  const apiKeys = ['a', 'b'].map((id) => ({
    id,
    name: id,
    value: `value-${id}`,
    enabled: true,
    description: undefined,
    tags: {},
  }));
  const registry = new ApiKeyRegistry({ apiKeys, usagePlans: [plan(limits)] }, now);
  const subject = new Admission({ throttle: stageThrottle }, store);
  return {
    registry,
    decide: (key: string, path: string, at = now) =>
      subject.decide(registry.identify(`value-${key}`), { method: 'POST', path }, at),
  };
}

function decisions(
  subject: ReturnType<typeof admission>,
  key: string,
  path: string,
  requests: number,
): string[] {
  return Array.from({ length: requests }, () => subject.decide(key, path));
}

test("every method counts towards a key's quota, and keys do not share it", () => {
  const subject = admission({ quota: { limit: 3, period: 'DAY', offset: 0 } });
  expect(decisions(subject, 'a', '/one', 2)).toEqual(['admitted', 'admitted']);
  expect(decisions(subject, 'a', '/two', 2)).toEqual(['admitted', 'quota-exceeded']);
  expect(decisions(subject, 'b', '/two', 1)).toEqual(['admitted']);
});

test('a throttled request uses no quota', () => {
  const subject = admission({
    throttle: { rate: 1, burst: 1 },
    quota: { limit: 2, period: 'DAY', offset: 0 },
  });
  expect(decisions(subject, 'a', '/one', 5)).toEqual(['admitted', ...Array(4).fill('throttled')]);
  expect(subject.decide('a', '/one', now + 1000)).toBe('admitted');
  expect(subject.decide('a', '/one', now + 2000)).toBe('quota-exceeded');
});

test("all callers of a method share the stage's throttle", () => {
  const subject = admission({}, { rate: 0, burst: 2 });
  expect(decisions(subject, 'a', '/one', 1)).toEqual(['admitted']);
  expect(decisions(subject, 'b', '/one', 2)).toEqual(['admitted', 'throttled']);
  expect(decisions(subject, 'b', '/two', 1)).toEqual(['admitted']);
});

test('a request that one throttle refuses takes no token from another', () => {
  const subject = admission({ throttle: { rate: 0, burst: 1 } }, { rate: 0, burst: 2 });
  expect(decisions(subject, 'a', '/one', 3)).toEqual(['admitted', 'throttled', 'throttled']);
  expect(decisions(subject, 'b', '/one', 1)).toEqual(['admitted']);
});

test('what is kept of a quota outlives a restart, in its period, and its limit is that of the config', () => {
  let kept = '{}';
  const store: QuotaStore = {
    read: () => JSON.parse(kept),
    write(used) {
      kept = JSON.stringify(used);
    },
  };
  const start = (limit: number) =>
    admission({ quota: { limit, period: 'DAY', offset: 1 } }, undefined, store);
  expect(decisions(start(4), 'a', '/one', 2)).toEqual(['admitted', 'admitted']);
  expect(decisions(start(4), 'a', '/one', 2)).toEqual(['admitted', 'quota-exceeded']);
  expect(decisions(start(6), 'a', '/one', 3)).toEqual(['admitted', 'admitted', 'quota-exceeded']);
  expect(decisions(start(4), 'b', '/one', 1)).toEqual(['admitted']);
  const tomorrow = now + 86_400_000;
  const later = start(1);
  expect([later.decide('a', '/one', tomorrow), later.decide('a', '/one', tomorrow)]).toEqual([
    'admitted',
    'quota-exceeded',
  ]);
});
