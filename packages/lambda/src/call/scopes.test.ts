import { expect, test } from 'vitest';
import { callerOf } from '../config.ts';
import type { MemberLimits } from '../environment.ts';
import { callerScopes, scopesOf } from './scopes.ts';

const limits = { requests: { day: 5 } };
const key = { keyId: 'key1', team: 'acme', plan: 'small', limits };

const caller = (members: MemberLimits = {}) => ({
  ...callerOf(key, { models: ['llama'], limits, ...members }),
  person: 'ann',
});
const own = [
  { kind: 'key', id: 'key1', limits },
  { kind: 'team', id: 'acme', limits },
];
const call = { customer: 'shop', model: 'llama' };

test('a call counts in its key and its team only, if the plan says no more', () => {
  expect(scopesOf(caller(), call)).toEqual(own);
});

test('a call counts in its customer, its person and its model first, if the plan limits them', () => {
  const all = { limitsPerPerson: limits, limitsPerCustomer: limits, limitsPerModel: { llama: limits } };
  expect(scopesOf(caller(all), call)).toEqual([
    { kind: 'customer', team: 'acme', id: 'shop', limits },
    { kind: 'person', team: 'acme', id: 'ann', limits },
    { kind: 'model', team: 'acme', id: 'llama', limits },
    ...own,
  ]);
  // Whatever a caller asks, its person and its own scopes count.
  expect(callerScopes(caller(all))).toEqual([{ kind: 'person', team: 'acme', id: 'ann', limits }, ...own]);
});

test('calls that name no customer count together, so leaving it out passes no limit', () => {
  expect(scopesOf(caller({ limitsPerCustomer: limits }), { model: 'llama' })[0]).toEqual({
    ...{ kind: 'customer', team: 'acme', id: '', limits },
  });
});

test('a call with an API key has no person, and another model has no limit of its own', () => {
  const members = { limitsPerPerson: limits, limitsPerModel: { llama: limits } };
  expect(scopesOf({ ...caller(members), person: undefined }, { model: 'titan' })).toEqual(own);
  expect(scopesOf({ ...caller(members), person: undefined }, { model: 'constructor' })).toEqual(own);
});
