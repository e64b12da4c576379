import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { Resolver } from './resolver.ts';
import { readTables } from './tables.ts';

const stack = { name: 'Test', account: '000000000000', region: 'eu-west-1' };

const properties = {
  AttributeDefinitions: [
    { AttributeName: 'sk', AttributeType: 'N' },
    { AttributeName: 'pk', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
};

const resolverOf = (change: object = {}) =>
  new Resolver(
    {
      Resources: {
        Counters: { Type: 'AWS::DynamoDB::Table', Properties: { ...properties, ...change } },
        Subject: {
          Type: 'Custom::Subject',
          Properties: { Name: { Ref: 'Counters' }, Arn: { 'Fn::GetAtt': ['Counters', 'Arn'] } },
        },
      },
    },
    stack,
  );

test("a table has the name in the functions' environment, and its keys in order", () => {
  const resolver = resolverOf();
  const [table, ...others] = readTables(resolver);
  expect(others).toEqual([]);
  expect(table).toEqual({
    name: expect.stringMatching(/^Test-Counters-[A-Z\d]{12}$/),
    region: 'eu-west-1',
    keys: [
      { name: 'pk', type: 'S' },
      { name: 'sk', type: 'N' },
    ],
  });
  expect(resolver.read('Subject', z.object({ Name: z.string(), Arn: z.string() }))).toEqual({
    Name: table?.name,
    Arn: `arn:aws:dynamodb:eu-west-1:000000000000:table/${table?.name}`,
  });
});

test("a table's own name is used", () => {
  expect(readTables(resolverOf({ TableName: 'counters' }))).toMatchObject([{ name: 'counters' }]);
});

test.each([
  [
    'a second index, which is not interpreted',
    { GlobalSecondaryIndexes: [] },
    /GlobalSecondaryIndexes is not/,
  ],
  [
    'a key without a type',
    { AttributeDefinitions: properties.AttributeDefinitions.slice(0, 1) },
    /lacks the key pk/,
  ],
  [
    'an attribute that is not a key',
    { KeySchema: properties.KeySchema.slice(0, 1) },
    /must have the attributes of keys only/,
  ],
  ['keys in the wrong order', { KeySchema: properties.KeySchema.toReversed() }, /must be a HASH key/],
])('%s is refused', (_fault, change, message) => {
  expect(() => readTables(resolverOf(change))).toThrow(message);
});
