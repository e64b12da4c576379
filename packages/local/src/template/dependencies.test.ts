import { expect, test } from 'vitest';
import { refuseCircles } from './dependencies.ts';
import type { Template } from './template.ts';

const template = (resources: Record<string, unknown>): Template => ({
  Resources: Object.fromEntries(
    Object.entries(resources).map(([id, value]) => [id, { Type: 'X', Properties: { value } }]),
  ),
});

test.each([
  ['Ref', { list: [{ Ref: 'B' }] }],
  ['Fn::GetAtt', { 'Fn::GetAtt': ['B', 'Arn'] }],
  ['Fn::Sub', { 'Fn::Sub': `\${B.Arn}-\${AWS::Region}` }],
  ['a variable of Fn::Sub', { 'Fn::Sub': [`\${own}-\${AWS::Region}`, { own: { Ref: 'B' } }] }],
])('a resource depends on one that it names with %s', (_form, value) => {
  expect(() => refuseCircles(template({ A: value, B: { Ref: 'A' } }))).toThrow('A -> B -> A');
  expect(() => refuseCircles(template({ A: value, B: 1 }))).not.toThrow();
});

test('a cycle is refused and named, as CloudFormation does', () => {
  const circular = template({
    Function: { Ref: 'Plan' },
    Plan: { Ref: 'Stage' },
    Stage: { Ref: 'Method' },
    Method: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Function', 'Arn'] }]] },
  });
  expect(() => refuseCircles(circular)).toThrow(
    'Circular dependency between resources: Function -> Plan -> Stage -> Method -> Function',
  );
});
