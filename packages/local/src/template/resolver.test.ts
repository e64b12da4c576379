import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { Resolver } from './resolver.ts';

const stack = { name: 'Test', account: '000000000000', region: 'eu-west-1' };

function resolve(value: unknown): unknown {
  const resolver = new Resolver(
    {
      Resources: {
        Subject: { Type: 'Custom::Subject', Properties: { Value: value } },
        Key: { Type: 'AWS::ApiGateway::ApiKey' },
        Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'named' } },
        Unnamed: { Type: 'AWS::Lambda::Function' },
        Queue: { Type: 'AWS::SQS::Queue' },
      },
    },
    stack,
  );
  return resolver.read('Subject', z.object({ Value: z.optional(z.unknown()) })).Value;
}

test("names, ids and ARNs look like a deployment's, and are the same every time", () => {
  expect(resolve({ Ref: 'Key' })).toMatch(/^[a-z\d]{10}$/);
  expect(resolve({ Ref: 'Key' })).toBe(resolve({ 'Fn::GetAtt': ['Key', 'APIKeyId'] }));
  expect(resolve({ Ref: 'Function' })).toBe('named');
  expect(resolve({ 'Fn::GetAtt': 'Function.Arn' })).toBe(
    'arn:aws:lambda:eu-west-1:000000000000:function:named',
  );
  expect(resolve({ Ref: 'Unnamed' })).toMatch(/^Test-Unnamed-[A-Z\d]{12}$/);
});

test('pseudo parameters are filled in', () => {
  expect(resolve({ Ref: 'AWS::Region' })).toBe('eu-west-1');
  expect(resolve({ Ref: 'AWS::Partition' })).toBe('aws');
});

test('strings are joined, substituted, split and selected', () => {
  expect(resolve({ 'Fn::Join': ['-', ['a', { Ref: 'Function' }]] })).toBe('a-named');
  expect(resolve({ 'Fn::Sub': `\${AWS::Region}/\${Function}/\${Function.Arn}/\${!Kept}` })).toBe(
    `eu-west-1/named/arn:aws:lambda:eu-west-1:000000000000:function:named/\${Kept}`,
  );
  expect(resolve({ 'Fn::Sub': [`\${own}-\${AWS::Region}`, { own: { Ref: 'Function' } }] })).toBe(
    'named-eu-west-1',
  );
  expect(resolve({ 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b/c'] }] })).toBe('b');
});

test.each([
  [{ Ref: 'Nothing' }, 'Subject.Value refers to Nothing, which the template does not have'],
  [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Subject.Value: cannot resolve Arn of Queue (AWS::SQS::Queue)'],
  [{ 'Fn::ImportValue': 'x' }, 'Subject.Value: Fn::ImportValue is not supported'],
  [{ deep: [{ Ref: 'AWS::Nothing' }] }, 'Subject.Value.deep[0]: cannot resolve AWS::Nothing'],
  [{ 'Fn::Join': ['-', [{ Ref: 'Key' }, 1]] }, 'Subject.Value: Fn::Join cannot be resolved from'],
])('the error for an unresolvable value says where and why: %j', (value, message) => {
  expect(() => resolve(value)).toThrow(message);
});

test('properties that are not read may have any value', () => {
  const resolver = new Resolver(
    { Resources: { Subject: { Type: 'X', Properties: { Wanted: 1, Other: { 'Fn::Cidr': [] } } } } },
    stack,
  );
  expect(resolver.read('Subject', z.object({ Wanted: z.number() }))).toEqual({ Wanted: 1 });
});
