import type { Limits } from '@org/contract';
import type { MemberName } from '@org/table';
import { expect, test } from 'vitest';
import { type Caller, callerOf } from '../config.ts';
import type { MemberLimits } from '../environment.ts';
import { callerScopes, scopesOf } from './scopes.ts';

const limits = { requests: { day: 5 } };
const key = { keyId: 'key1', team: 'acme', plan: 'small', limits };

const caller = (members: MemberLimits = {}): Caller => ({
  ...callerOf(key, { models: ['llama', 'titan'], limits, ...members }),
  person: 'ann',
});
const own = [
  { kind: 'key', id: 'key1', limits },
  { kind: 'team', id: 'acme', limits },
];
const call = { customer: 'shop', model: 'llama' };

test('a call counts in its key and its team only, if the plan says no more', async () => {
  expect(await scopesOf(caller(), call)).toEqual(own);
});

test('a call counts in its customer, its person and its model first, if the plan limits them', async () => {
  const all = { limitsPerPerson: limits, limitsPerCustomer: limits, limitsPerModel: { llama: limits } };
  const person = { kind: 'person', team: 'acme', id: 'ann', limits };
  const model = { kind: 'model', team: 'acme', id: 'llama', limits };
  expect(await scopesOf(caller(all), call)).toEqual([
    { kind: 'customer', team: 'acme', id: 'shop', limits },
    person,
    model,
    ...own,
  ]);
  // Whatever a caller asks, its person, its models and its own scopes may count.
  expect(await callerScopes(caller(all))).toEqual([person, model, ...own]);
});

test('calls that name no customer count together, so leaving it out passes no limit', async () => {
  expect((await scopesOf(caller({ limitsPerCustomer: limits }), { model: 'llama' }))[0]).toEqual({
    ...{ kind: 'customer', team: 'acme', id: '', limits },
  });
});

test('a call with an API key has no person, and another model has no limit of its own', async () => {
  const members = { limitsPerPerson: limits, limitsPerModel: { llama: limits } };
  const byKey = { ...caller(members), person: undefined };
  expect(await scopesOf(byKey, { model: 'titan' })).toEqual(own);
  expect(await scopesOf(byKey, { model: 'constructor' })).toEqual(own);
});

test('a member whose limits operators changed counts in those, whatever the plan says of the others', async () => {
  const more = { requests: { day: 9 } };
  const inForce = async ({ kind, id }: MemberName, base: Limits | undefined) =>
    ['customer shop', 'model titan'].includes(`${kind} ${id}`) ? more : base;
  const changed: Caller = { ...caller({ limitsPerPerson: limits, limitsPerCustomer: limits }), inForce };
  expect(await scopesOf(changed, call)).toEqual([
    { kind: 'customer', team: 'acme', id: 'shop', limits: more },
    { kind: 'person', team: 'acme', id: 'ann', limits },
    ...own,
  ]);
  expect(await callerScopes(changed)).toEqual([
    { kind: 'person', team: 'acme', id: 'ann', limits },
    { kind: 'model', team: 'acme', id: 'titan', limits: more },
    ...own,
  ]);
});
