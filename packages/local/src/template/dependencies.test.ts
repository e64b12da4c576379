import { expect, test } from 'vitest';
import { dependenciesOf, dependsOn } from './dependencies.ts';
import type { Template } from './template.ts';

const template = (resources: Record<string, unknown>): Template => ({
  Resources: Object.fromEntries(
    Object.entries(resources).map(([id, value]) => [id, { Type: 'X', Properties: { value } }]),
  ),
});

test('a resource depends on all that its properties name, directly or through others', () => {
  const dependencies = dependenciesOf(
    template({
      A: { list: [{ Ref: 'B' }] },
      B: { 'Fn::GetAtt': ['C', 'Arn'] },
      C: { 'Fn::Sub': [`\${D.Arn}-\${own}-\${AWS::Region}`, { own: { Ref: 'E' } }] },
      D: 1,
      E: 1,
    }),
  );
  expect(['B', 'C', 'D', 'E'].map((id) => dependsOn(dependencies, 'A', id))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(dependsOn(dependencies, 'D', 'A')).toBe(false);
});

test('a cycle is refused and named, as CloudFormation does', () => {
  const circular = template({
    Function: { Ref: 'Plan' },
    Plan: { Ref: 'Stage' },
    Stage: { Ref: 'Method' },
    Method: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Function', 'Arn'] }]] },
  });
  expect(() => dependenciesOf(circular)).toThrow(
    'Circular dependency between resources: Function -> Plan -> Stage -> Method -> Function',
  );
});
