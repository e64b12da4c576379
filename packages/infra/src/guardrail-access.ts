import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ProxyConfig } from './config.ts';

/**
 * The statement that lets a function apply exactly the guardrails of the config's plans; none where no plan has one.
 *
 * @param arnParts Partition and account of the deployment, which CloudFormation may know only later.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions.html
 */
export function guardrailStatements(
  { plans, region }: ProxyConfig,
  { partition, account }: { readonly partition: string; readonly account: string },
): PolicyStatement[] {
  const ids = new Set(Object.values(plans).flatMap(({ guardrail }) => guardrail?.id ?? []));
  if (ids.size === 0) return [];
  const arnOf = (id: string) =>
    id.startsWith('arn:') ? id : `arn:${partition}:bedrock:${region}:${account}:guardrail/${id}`;
  return [new PolicyStatement({ actions: ['bedrock:ApplyGuardrail'], resources: [...ids].map(arnOf) })];
}
