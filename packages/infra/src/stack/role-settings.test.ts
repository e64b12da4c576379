import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { expect, test } from 'vitest';
import { applyRoleSettings } from './role-settings.ts';

/** A role with so many permissions that the CDK moves some into managed policies. */
function templateWith(roles: Parameters<typeof applyRoleSettings>[1]): Template {
  const stack = new Stack(new App(), 'Roles');
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  for (let index = 0; index < 200; index += 1) {
    const resources = [`arn:aws:bedrock:us-east-${index}::foundation-model/${'long-name-'.repeat(8)}`];
    role.addToPolicy(new PolicyStatement({ actions: [`bedrock:Action${index}`], resources }));
  }
  applyRoleSettings(stack, roles);
  return Template.fromStack(stack);
}

test("every role has the company's boundary and path, and so have the policies that the CDK makes", () => {
  const template = templateWith({ path: '/llm/', permissionsBoundary: 'boundaries/Developers' });
  const boundary = [
    '',
    ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':policy/boundaries/Developers'],
  ];
  template.allResourcesProperties('AWS::IAM::Role', {
    Path: '/llm/',
    PermissionsBoundary: { 'Fn::Join': boundary },
  });
  expect(Object.keys(template.findResources('AWS::IAM::ManagedPolicy')).length).toBeGreaterThan(0);
  template.allResourcesProperties('AWS::IAM::ManagedPolicy', { Path: '/llm/' });
});

test('a boundary can be given by its ARN, and without rules there is neither', () => {
  const arn = 'arn:aws:iam::111122223333:policy/Boundary';
  templateWith({ permissionsBoundary: arn }).allResourcesProperties('AWS::IAM::Role', {
    PermissionsBoundary: arn,
  });
  const [role] = Object.values(templateWith({}).findResources('AWS::IAM::Role'));
  expect(Object.keys(role?.['Properties'])).toEqual(['AssumeRolePolicyDocument']);
});
