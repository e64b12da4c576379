import { Aspects } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole, ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { RolesConfig } from '../config/account.ts';

/** Gives every role in a scope the company's path and boundary, and every managed policy the path. */
export function applyRoleSettings(
  scope: Construct,
  { path, permissionsBoundary: boundary }: RolesConfig,
): void {
  if (path !== undefined) {
    // An aspect, because the CDK makes managed policies of long role policies only at synthesis.
    Aspects.of(scope).add({
      visit(node) {
        if (node instanceof CfnRole || node instanceof CfnManagedPolicy) node.path = path;
      },
    });
  }
  if (boundary !== undefined) {
    const policy = boundary.startsWith('arn:')
      ? ManagedPolicy.fromManagedPolicyArn(scope, 'PermissionsBoundary', boundary)
      : ManagedPolicy.fromManagedPolicyName(scope, 'PermissionsBoundary', boundary);
    PermissionsBoundary.of(scope).apply(policy);
  }
}
