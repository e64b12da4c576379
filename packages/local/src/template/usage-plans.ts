import * as z from 'zod/mini';
import { deterministicToken } from './physical-id.ts';
import type { Resolver } from './resolver.ts';
import type { Stage } from './stage.ts';
import { TemplateError } from './template.ts';
import { type Throttle, ThrottleProperties } from './throttle.ts';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** The value of `x-api-key`. Valid only on this gateway, and the same on every start. */
  readonly value: string;
  readonly enabled: boolean;
  readonly description: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface QuotaDefinition {
  /** Requests in one period. */
  readonly limit: number;
  readonly period: 'DAY' | 'WEEK' | 'MONTH';
  /** Subtracted from the limit in the first period. */
  readonly offset: number;
}

/** A usage plan as it applies to one stage. */
export interface UsagePlan {
  readonly id: string;
  readonly name: string;
  readonly throttle: Throttle | undefined;
  readonly quota: QuotaDefinition | undefined;
  /** Ids of the API keys that the template adds to the plan. */
  readonly keys: ReadonlySet<string>;
}

const ApiKeyProperties = z.object({
  Description: z.optional(z.string()),
  Enabled: z.optional(z.boolean()),
  Name: z.optional(z.string()),
  Tags: z._default(z.array(z.object({ Key: z.string(), Value: z.string() })), []),
  Value: z.optional(z.undefined('must be left out')),
});

const UsagePlanProperties = z.object({
  ApiStages: z.optional(
    z.array(
      z.object({
        ApiId: z.string(),
        Stage: z.string(),
        // A throttle on one method is not supported.
        Throttle: z.optional(z.strictObject({})),
      }),
    ),
  ),
  Quota: z.optional(
    z.object({
      Limit: z.int().check(z.minimum(1)),
      Offset: z.optional(z.int().check(z.minimum(0))),
      Period: z.enum(['DAY', 'WEEK', 'MONTH']),
    }),
  ),
  Throttle: z.optional(ThrottleProperties),
  UsagePlanName: z.optional(z.string()),
});

const UsagePlanKeyProperties = z.object({
  KeyId: z.string(),
  KeyType: z.literal('API_KEY'),
  UsagePlanId: z.string(),
});

/** The length of API Gateway's own values. */
const keyValueLength = 40;

export function readApiKeys(resolver: Resolver): ApiKey[] {
  const apiKeys = resolver.idsOf('AWS::ApiGateway::ApiKey').map((logicalId) => {
    const properties = resolver.read(logicalId, ApiKeyProperties);
    const id = resolver.ref(logicalId);
    const name = properties.Name ?? id;
    return {
      id,
      name,
      value: deterministicToken(['local API key', resolver.stack.name, name], keyValueLength),
      enabled: properties.Enabled ?? false,
      description: properties.Description,
      tags: Object.fromEntries(properties.Tags.map(({ Key, Value }) => [Key, Value])),
    };
  });
  if (new Set(apiKeys.map(({ value }) => value)).size < apiKeys.length) {
    throw new TemplateError(
      'Two API keys have the same name or value. Locally a value is made from the name: rename one',
    );
  }
  return apiKeys;
}

/** The plans that list this stage of this API. The others do not matter here. */
export function readUsagePlans(
  resolver: Resolver,
  apiKeys: readonly ApiKey[],
  apiId: string,
  stage: Stage,
): UsagePlan[] {
  const members = resolver
    .idsOf('AWS::ApiGateway::UsagePlanKey')
    .map((logicalId) => ({ logicalId, ...resolver.read(logicalId, UsagePlanKeyProperties) }));
  const stray = members.find(({ KeyId }) => !apiKeys.some(({ id }) => id === KeyId));
  if (stray !== undefined) {
    throw new TemplateError(`${stray.logicalId}: KeyId is not a key of the template`);
  }
  return resolver.idsOf('AWS::ApiGateway::UsagePlan').flatMap((logicalId) => {
    const properties = resolver.read(logicalId, UsagePlanProperties);
    const apiStage = properties.ApiStages?.find(({ ApiId }) => ApiId === apiId);
    if (apiStage === undefined) {
      return [];
    }
    if (apiStage.Stage !== stage.name) {
      throw new TemplateError(`${logicalId}: there is no stage ${apiStage.Stage}, only ${stage.name}`);
    }
    const id = resolver.ref(logicalId);
    const { Quota: quota, Throttle: throttle } = properties;
    const plan: UsagePlan = {
      id,
      name: properties.UsagePlanName ?? id,
      throttle: throttle && { rate: throttle.RateLimit, burst: throttle.BurstLimit },
      quota: quota && { limit: quota.Limit, period: quota.Period, offset: quota.Offset ?? 0 },
      keys: new Set(members.filter(({ UsagePlanId }) => UsagePlanId === id).map(({ KeyId }) => KeyId)),
    };
    return [plan];
  });
}
