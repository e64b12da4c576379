import { BedrockClient, GetGuardrailCommand, GuardrailStatus } from '@aws-sdk/client-bedrock';
import type { PlanGuardrail, ProxyConfig } from '@org/infra/config';
import type { ClientSettings } from '../aws/endpoints.ts';
import { describeFailure, error, type Finding, ok, type Subject, unknown, warning } from './finding.ts';

/**
 * Asks Bedrock in the config's Region for each plan's guardrail: without it, every call of the plan fails.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetGuardrail.html
 */
export async function checkGuardrailAccess(
  settings: ClientSettings,
  { plans, region }: ProxyConfig,
): Promise<Finding[]> {
  const client = new BedrockClient(settings);
  try {
    return await Promise.all(
      Object.entries(plans).flatMap(([plan, { guardrail }]) =>
        guardrail ? [checkGuardrail(client, plan, guardrail, region)] : [],
      ),
    );
  } finally {
    client.destroy();
  }
}

async function checkGuardrail(
  client: BedrockClient,
  plan: string,
  { id, version, profile }: PlanGuardrail,
  region: string,
): Promise<Finding> {
  const subject: Subject = { check: 'guardrail', of: plan };
  const named = `${id}, version ${version}`;
  try {
    const { status, crossRegionDetails } = await client.send(
      new GetGuardrailCommand({ guardrailIdentifier: id, guardrailVersion: version }),
    );
    if (status === GuardrailStatus.FAILED || status === GuardrailStatus.DELETING) {
      return error(
        subject,
        `${named}: is ${status}`,
        `Make it again, or give plans.${plan}.guardrail another.`,
      );
    }
    const present = crossRegionDetails?.guardrailProfileId;
    if (present !== undefined && present !== profile?.id) {
      return warning(
        subject,
        `${named}: uses cross-Region inference through ${present}, which the function has no permission for`,
        `Set plans.${plan}.guardrail.profile to { id: '${present}', regions: [...] }, with the destination Regions of ${region} ` +
          '(https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-cross-region-support.html), then deploy.',
      );
    }
    return ok(subject, present === undefined ? named : `${named}, through ${present}`);
  } catch (cause) {
    if (cause instanceof Error && ['ResourceNotFoundException', 'ValidationException'].includes(cause.name)) {
      return error(subject, `${named}: Bedrock does not have it in ${region} (${describeFailure(cause)})`, {
        kind: 'choose_guardrail',
        plan,
        region,
      });
    }
    return unknown(subject, cause, 'bedrock:GetGuardrail');
  }
}
