import { countersKey, type Item, readItem } from '@org/table';
import { startTestTable, tableName } from '@org/table/testing/test-table';
import { expect, onTestFinished, test } from 'vitest';
import { scopesOf } from '../call/scopes.ts';
import { callerOf } from '../config.ts';
import { nothing } from './amounts.ts';
import { CounterTable } from './counter-table.ts';
import { createLedger } from './ledger.ts';

const at = Date.parse('2026-11-22T12:00:00Z');
const limits = { requests: { day: 1_000_000 }, usd: { month: 1000 } };
const { signal } = new AbortController();
/** `MEMBERS=10000 vitest run --project node ledger/members` takes a minute or two. */
const members = Number(process.env['MEMBERS'] ?? 200);

/** The bytes of names and values, by which DynamoDB bills a write. */
const sizeOf = (item: Item | undefined) =>
  Object.entries(item ?? {}).reduce(
    (bytes, [name, { S, N }]) => bytes + name.length + (S ?? N ?? '').length,
    0,
  );

test('however many people and customers a team has, a call costs the same writes and bytes', async () => {
  const table = await startTestTable();
  onTestFinished(() => table.close());
  const ledger = createLedger(new CounterTable({ client: table.client, table: tableName }), 'UTC');
  const caller = callerOf(
    { keyId: 'key1', team: 'acme', plan: 'small' },
    {
      models: ['llama'],
      ...{ limits, limitsPerPerson: limits, limitsPerCustomer: limits, limitsPerModel: { llama: limits } },
    },
  );
  const pad = (number: number) => String(number).padStart(5, '0');
  const call = async (number: number) => {
    const facts = { customer: `customer-${pad(number)}`, model: 'llama' };
    const scopes = await scopesOf({ ...caller, person: `person-${pad(number)}` }, facts);
    const worstCase = { ...nothing, requests: 1, usd: 200 };
    const request = { scopes, worstCase, duration: 'short', at } as const;
    const before = table.operations.length;
    const hold = await ledger.hold(request, { hold: signal, settle: signal });
    const { limits: statuses } = await hold.settle({ ...worstCase, usd: 100 }, signal);
    expect(statuses).toHaveLength(2 * scopes.length);
    const location = { client: table.client, table: tableName };
    const items = await Promise.all(scopes.map((scope) => readItem(location, countersKey(scope, '2026-11'))));
    return {
      writes: table.operations.slice(before).filter((operation) => operation === 'UpdateItem').length,
      sizes: scopes.map(({ kind }, index) => [kind, sizeOf(items[index])]),
    };
  };
  const first = await call(0);
  for (let number = 1; number < members; number += 1) await call(number);
  const last = await call(members);
  expect(first.writes).toBe(8);
  expect(last.writes).toBe(first.writes);
  const own = (sizes: typeof first.sizes) =>
    sizes.filter(([kind]) => kind === 'person' || kind === 'customer');
  expect(own(last.sizes)).toEqual(own(first.sizes));
  // A write of up to 1 KB costs the same. Counters of team and model grow only by the digits of their sums.
  for (const [kind, bytes] of last.sizes) expect(bytes, String(kind)).toBeLessThan(256);
  if (process.env['MEMBERS']) process.stdout.write(`${JSON.stringify({ members, first, last })}\n`);
}, 600_000);
