import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ProxyConfig } from '../../config/config.ts';

/**
 * The statement that lets a function apply exactly the guardrails of the config's plans, with their cross-Region
 * profiles, in each of the profiles' Regions. There is none if no plan has a guardrail.
 *
 * @param arnParts Partition and account of the deployment, which CloudFormation may know only later.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html
 */
export function guardrailStatements(
  { plans, region }: ProxyConfig,
  { partition, account }: { readonly partition: string; readonly account: string },
): PolicyStatement[] {
  const arnIn = (of: string, resource: string) => `arn:${partition}:bedrock:${of}:${account}:${resource}`;
  const resources = Object.values(plans).flatMap(({ guardrail }) => {
    if (!guardrail) return [];
    const { id, profile } = guardrail;
    return [
      id.startsWith('arn:') ? id : arnIn(region, `guardrail/${id}`),
      ...(profile?.regions ?? []).map((of) => arnIn(of, `guardrail-profile/${profile?.id}`)),
    ];
  });
  if (resources.length === 0) return [];
  return [new PolicyStatement({ actions: ['bedrock:ApplyGuardrail'], resources: [...new Set(resources)] })];
}
