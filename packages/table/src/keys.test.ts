import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  accessKey,
  changesKey,
  countersKey,
  keyNameKey,
  partitionsOf,
  planKey,
  replacedKey,
  signInKey,
  teamKey,
  teamListKey,
} from './keys.ts';

/** The characters of names and ids, without `#`. */
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);
const month = fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 7));

/** A person, a customer or a model, which may have no name, and of what month. */
const member = fc.tuple(fc.stringMatching(/^[\w.:-]{0,20}$/), month).map((parts) => parts.join(' '));

/** Every kind of item, by its content. */
const items = fc.oneof(
  fc.tuple(fc.constant('counters of a team' as const), name, month),
  fc.tuple(fc.constant('counters of a key' as const), name, month),
  fc.tuple(
    fc.constant('counters of a shard' as const),
    name,
    fc.tuple(month, fc.nat(15)).map((parts) => parts.join(' ')),
  ),
  fc.tuple(
    fc.constantFrom('counters of a person', 'counters of a customer', 'counters of a model'),
    name,
    member,
  ),
  fc.tuple(
    fc.constantFrom('changes of a person', 'changes of a customer', 'changes of a model'),
    name,
    fc.stringMatching(/^[\w.:-]{0,20}$/),
  ),
  fc.tuple(fc.constantFrom('changes of a team', 'changes of a key'), name, fc.constant('')),
  fc.tuple(
    fc.constantFrom(...(['team', 'team in the list', 'access', 'name', 'plan', 'sign-in'] as const)),
    name,
    fc.constant(''),
  ),
  fc.tuple(fc.constant('replaced' as const), name, name),
);

const memberKey = (kind: 'person' | 'customer' | 'model') => (team: string, memberAndMonth: string) => {
  const [id = '', of = ''] = memberAndMonth.split(' ');
  return countersKey({ kind, team, id }, of);
};
const membersKeys = {
  'counters of a person': memberKey('person'),
  'counters of a customer': memberKey('customer'),
  'counters of a model': memberKey('model'),
};

const changesOf = (kind: 'person' | 'customer' | 'model') => (team: string, id: string) =>
  changesKey({ kind, team, id });

const places = {
  'changes of a person': changesOf('person'),
  'changes of a customer': changesOf('customer'),
  'changes of a model': changesOf('model'),
  'changes of a team': (id: string) => changesKey({ kind: 'team', id }),
  'changes of a key': (id: string) => changesKey({ kind: 'key', id }),
  'counters of a team': (id: string, of: string) => countersKey({ kind: 'team', id }, of),
  'counters of a key': (id: string, of: string) => countersKey({ kind: 'key', id }, of),
  'counters of a shard': (id: string, monthAndShard: string) => {
    const [of = '', shard] = monthAndShard.split(' ');
    return countersKey({ kind: 'team', id }, of, Number(shard));
  },
  ...membersKeys,
  team: teamKey,
  'team in the list': teamListKey,
  access: accessKey,
  name: keyNameKey,
  plan: planKey,
  replaced: replacedKey,
  'sign-in': signInKey,
};

const keyOf = ([kind, id, other]: [keyof typeof places, string, string]) => places[kind](id, other);

test('no two items have the same key', () => {
  fc.assert(
    fc.property(items, items, (one, other) => {
      fc.pre(one.join() !== other.join());
      expect(keyOf(one)).not.toEqual(keyOf(other));
    }),
  );
});

test("the function's partitions contain all items that it reads, and no key of signed-in callers", () => {
  fc.assert(
    fc.property(items, (item) => {
      const { pk } = keyOf(item);
      const isIn = (partitions: readonly string[]) =>
        partitions.some((partition) => {
          const [begins = '', rest] = partition.split('*');
          return rest === '' ? pk.startsWith(begins) : pk === partition;
        });
      const [kind] = item;
      const ofProxy = /^c(?:ounters|hanges)/.test(kind) || ['access', 'team'].includes(kind);
      expect([kind, isIn(partitionsOf.proxy)]).toEqual([kind, ofProxy]);
      expect([kind, isIn(partitionsOf.proxyReads)]).toEqual([kind, kind === 'plan']);
      expect([kind, isIn(partitionsOf.authorizer)]).toEqual([kind, kind === 'sign-in']);
    }),
  );
});
