import * as z from 'zod/mini';
import type { FunctionDefinition } from './functions.ts';
import type { Resolver } from './resolver.ts';

/** Whether API Gateway may invoke a function for the method with this ARN. */
export type InvokePermission = (target: FunctionDefinition, methodArn: string) => boolean;

const PermissionProperties = z.object({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.optional(z.string()),
});

/** The resource policies from the template's `AWS::Lambda::Permission` resources. */
export function readPermissions(resolver: Resolver): InvokePermission {
  const permissions = resolver
    .idsOf('AWS::Lambda::Permission')
    .map((logicalId) => resolver.read(logicalId, PermissionProperties))
    .filter(
      ({ Action, Principal }) =>
        Principal === 'apigateway.amazonaws.com' && ['lambda:InvokeFunction', 'lambda:*'].includes(Action),
    )
    .map(({ FunctionName, SourceArn = '*' }) => ({ FunctionName, source: wildcards(SourceArn) }));
  return (target, methodArn) =>
    permissions.some(
      ({ FunctionName, source }) =>
        [target.arn, target.name].includes(FunctionName) && source.test(methodArn),
    );
}

/** IAM's ArnLike: `*` matches any characters, including slashes. */
function wildcards(pattern: string): RegExp {
  const expression = pattern
    .split('*')
    .map((part) => RegExp.escape(part))
    .join('.*');
  return new RegExp(`^${expression}$`);
}
