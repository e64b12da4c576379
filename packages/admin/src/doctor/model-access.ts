import {
  BedrockClient,
  type FoundationModelLifecycle,
  GetFoundationModelAvailabilityCommand,
  type GetFoundationModelAvailabilityCommandOutput,
  GetFoundationModelCommand,
  GetImportedModelCommand,
  GetInferenceProfileCommand,
} from '@aws-sdk/client-bedrock';
import type { ProxyConfig } from '@org/infra/config';
import { installation } from '@org/installation';
import { aliasOf, definitionOf, locateModel, type OfferedModel } from '@org/models';
import type { ClientSettings } from '../aws/endpoints.ts';
import { type Finding, ok, type Subject, unknown, warning } from './finding.ts';

/** Bedrock's answer about one alias. */
export interface ModelAccess {
  readonly alias: string;
  readonly finding: Finding;
  /** Whether a call is likely answered. A Legacy model answers only accounts that have used it lately. */
  readonly access: 'yes' | 'maybe' | 'no';
}

/** Asks Bedrock in the config's Region whether each alias's model is still there and may be called. */
export async function checkModels(
  settings: ClientSettings,
  config: ProxyConfig,
  now: number,
): Promise<ModelAccess[]> {
  const client = new BedrockClient(settings);
  try {
    return await Promise.all(config.models.map((model) => checkModel(client, model, config, now)));
  } finally {
    client.destroy();
  }
}

async function checkModel(
  client: BedrockClient,
  model: OfferedModel,
  config: ProxyConfig,
  now: number,
): Promise<ModelAccess> {
  const alias = aliasOf(model);
  const subject: Subject = { check: 'model', of: alias };
  const definition = definitionOf(model);
  const location = definition && locateModel(definition, config.region, config);
  if (!definition || !location) {
    // Never reached, because the config is checked before.
    throw new Error(`${alias} is not offered in ${config.region}`);
  }
  const { modelId, through } = location;
  const no = (what: string, whatToDo: string): ModelAccess => ({
    alias,
    finding: warning(subject, `${modelId}: ${what}`, whatToDo),
    access: 'no',
  });
  try {
    if (through === 'imported-model') {
      await client.send(new GetImportedModelCommand({ modelIdentifier: modelId }));
      return { alias, finding: ok(subject, `${modelId}: imported`), access: 'yes' };
    }
    if (through === 'inference-profile') {
      await client.send(new GetInferenceProfileCommand({ inferenceProfileIdentifier: modelId }));
    }
    const [{ modelDetails: details }, availability] = await Promise.all([
      client.send(new GetFoundationModelCommand({ modelIdentifier: definition.modelId })),
      client.send(new GetFoundationModelAvailabilityCommand({ modelId: definition.modelId })),
    ]);
    const denied = refusal(availability, modelId, config.region);
    if (denied) return no(...denied);
    return { alias, ...lifecycleFinding(subject, modelId, details?.modelLifecycle, now) };
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ResourceNotFoundException') {
      return no(`Bedrock does not have it in ${config.region}`, replace);
    }
    const permission =
      'bedrock:GetFoundationModel, GetFoundationModelAvailability, GetInferenceProfile and GetImportedModel';
    return { alias, finding: unknown(subject, cause, permission), access: 'maybe' };
  }
}

const replace = `Put another model in its place in models (${installation.documents}/models.md), then deploy.`;

/** Why calls would be denied, and what to do. */
function refusal(
  availability: GetFoundationModelAvailabilityCommandOutput,
  modelId: string,
  region: string,
): [what: string, whatToDo: string] | undefined {
  const { agreementAvailability: agreement, authorizationStatus, entitlementAvailability } = availability;
  if (authorizationStatus === 'NOT_AUTHORIZED') {
    return [
      'the account is not authorized',
      'Lift the service control policy that denies it, or ask the provider to admit the account.',
    ];
  }
  if (agreement?.status !== 'AVAILABLE') {
    const reason = agreement?.errorMessage ? ` (${agreement.errorMessage})` : '';
    return [
      `there is no agreement with its provider yet${reason}`,
      `Ask it once in the playground of the Bedrock console in ${region}, with permission to subscribe in AWS Marketplace, which the function does not have. Anthropic also requires its use case form.`,
    ];
  }
  if (entitlementAvailability !== 'AVAILABLE') {
    return ['the account has no access', `Request access to ${modelId} in the Bedrock console in ${region}.`];
  }
  return undefined;
}

function lifecycleFinding(
  subject: Subject,
  modelId: string,
  lifecycle: FoundationModelLifecycle | undefined,
  now: number,
): Pick<ModelAccess, 'finding' | 'access'> {
  const end = lifecycle?.endOfLifeTime;
  const day = end?.toISOString().slice(0, 10);
  if (end && end.getTime() <= now) {
    return { finding: warning(subject, `${modelId}: ended on ${day}`, replace), access: 'no' };
  }
  if (lifecycle?.status === 'LEGACY') {
    const what = `${modelId}: Legacy${day ? `, ends on ${day}` : ''}; refuses accounts that have not used it lately`;
    return { finding: warning(subject, what, replace), access: 'maybe' };
  }
  return {
    finding: ok(subject, `${modelId}: ${lifecycle ? 'active' : 'available'}, access granted`),
    access: 'yes',
  };
}
