import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Expression } from './expression.ts';
import { keyAttributes } from './keys.ts';
import { readItem } from './read.ts';
import { startTestTable, type TestTable, tableName } from './testing/test-table.ts';

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

const keyOf = (id: string) => ({ pk: id, sk: 'item' });

async function write(id: string, expression: Expression): Promise<boolean> {
  const input = { TableName: tableName, Key: keyAttributes(keyOf(id)), ...expression.input() };
  try {
    await table.client.send(new UpdateItemCommand(input));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function read(id: string): Promise<Record<string, string | undefined>> {
  const item = (await readItem({ client: table.client, table: tableName }, keyOf(id))) ?? {};
  const { pk: _pk, sk: _sk, ...attributes } = item;
  return Object.fromEntries(Object.entries(attributes).map(([name, { S, N }]) => [name, S ?? N]));
}

test('an attribute of any name and value can be set, added to and removed', async () => {
  // Reserved words of DynamoDB, and names of real attributes.
  const attribute = fc.constantFrom('count', 'size', 'limit', 'd22h7t', 'mt', 'name');
  await fc.assert(
    fc.asyncProperty(
      fc.uuid(),
      attribute,
      fc.string({ minLength: 1 }),
      fc.nat(),
      async (id, name, text, amount) => {
        await write(id, new Expression().set(name, text).add('sum', amount));
        expect(await read(id)).toEqual({ [name]: text, sum: String(amount) });
        await write(id, new Expression().set(name, undefined).add('sum', -amount));
        expect(await read(id)).toEqual({ sum: '0' });
      },
    ),
    { numRuns: 30 },
  );
});

test('a number may be at most the required maximum, and a missing number is 0', async () => {
  const add = (amount: number, most: number) =>
    new Expression().add('sum', amount).requireAtMost('sum', most);
  expect(await write('sum', add(5, 0))).toBe(true);
  expect(await write('sum', add(5, 4))).toBe(false);
  expect(await write('sum', add(5, 5))).toBe(true);
  expect(await read('sum')).toEqual({ sum: '10' });
});

test('a condition can require a present item, a missing item, or values of attributes', async () => {
  const set = (value: string, condition: Parameters<Expression['require']>[0]) =>
    new Expression().set('value', value).require(condition);
  expect(await write('one', set('a', 'present'))).toBe(false);
  expect(await write('one', set('a', { value: undefined }))).toBe(false);
  expect(await write('one', set('a', 'absent'))).toBe(true);
  expect(await write('one', set('b', 'absent'))).toBe(false);
  expect(await write('one', set('b', { value: 'b' }))).toBe(false);
  expect(await write('one', set('b', { value: 'a', other: undefined }))).toBe(true);
  expect(await write('one', set('c', { value: undefined }))).toBe(false);
  expect(await write('one', set('c', 'present'))).toBe(true);
  expect(await read('one')).toEqual({ value: 'c' });
});
