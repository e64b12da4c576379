import { environmentVariables, type PlanAccess, type ProxyEnvironment } from '@org/lambda/environment';
import type { Stack } from 'aws-cdk-lib';
import type { ProxyConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/config-error.ts';
import { hasNotices } from '../../config/notify.ts';
import { metricsNamespace } from '../watch/proxy-metrics.ts';
import { noticeTopicTag, profileArnTag, promptHostTag, tagOf } from './deployed-ids.ts';
import { type PlanProfile, profiledModels } from './inference-profiles.ts';

/**
 * Lambda's maximum for all environment variables together, in bytes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const environmentLimitBytes = 4096;

/** A key id of the same length as a deployed one: API Gateway's ids have 10 characters. */
const sampleKeyId = (index: number) => String(index).padStart(10, '0');

/** As long as CloudFormation's name for a resource: the stack's name, a logical id and 12 or 13 characters. */
const sampleName = (stack: Stack) => `${stack.stackName}-${'x'.repeat(24)}-${'x'.repeat(13)}`;

/** Names that the function needs and that are known only after a deployment: all may be tokens. */
export interface DeployedNames {
  /** Ids of the API keys by key name. */
  readonly keyIds: ReadonlyMap<string, string>;
  /** Name of the table of counters. */
  readonly tableName: string;
  readonly profiles: readonly PlanProfile[];
  /** Host name of the bucket of prompts. Undefined without `promptLog`. */
  readonly promptHost: string | undefined;
  /** Undefined without `notify`. */
  readonly noticeTopicArn: string | undefined;
}

/** The ids that take the places of a config's names. */
interface Ids {
  readonly keyId: (name: string) => string;
  readonly profiles: readonly Pick<PlanProfile, 'plan' | 'alias' | 'id'>[];
  readonly profileArn: string;
  readonly promptHost: string | undefined;
  readonly noticeTopicArn: string | undefined;
}

/**
 * The function's environment variables for a config. `PROXY_CONFIG` is among them only if everything fits, for the functions
 * of the last release, which read nothing else.
 *
 * @throws {ConfigError} If Lambda would refuse even the ids as too large.
 */
export function functionEnvironment(
  config: ProxyConfig,
  { keyIds, tableName, profiles, promptHost, noticeTopicArn }: DeployedNames,
  stack: Stack,
): Record<string, string> {
  const names = [...keyIds.keys()];
  const sample: Ids = {
    keyId: (name) => sampleKeyId(names.indexOf(name)),
    profiles: profiledModels(config).map((profile) => ({ ...profile, id: 'x'.repeat(12) })),
    profileArn: profileArn({ partition: 'aws-us-gov', region: config.region, account: '111122223333' }),
    promptHost: config.promptLog && `${'x'.repeat(63)}.s3.${config.region}.amazonaws.com`,
    noticeTopicArn: hasNotices(config)
      ? `arn:aws-us-gov:sns:${config.region}:111122223333:${sampleName(stack)}`
      : undefined,
  };
  const sampled = { [environmentVariables.table]: sampleName(stack), ...idVariable(config, sample) };
  const bytes = measuredBytes(sampled);
  if (bytes > environmentLimitBytes) {
    const message =
      `has ${names.length} keys and ${sample.profiles.length} inference profiles, whose ids take ${bytes} bytes of the function's ` +
      `environment, but Lambda allows ${environmentLimitBytes}; make keys with "proxy keys create", or split it into two deployments`;
    throw new ConfigError([{ path: 'config', message }]);
  }
  const whole = { [environmentVariables.config]: JSON.stringify(proxyEnvironment(config, sample)) };
  const ids: Ids = {
    keyId: (name) => keyIds.get(name) ?? name,
    profiles,
    profileArn: profileArn(stack),
    promptHost,
    noticeTopicArn,
  };
  return {
    [environmentVariables.table]: tableName,
    ...idVariable(config, ids),
    ...(measuredBytes({ ...sampled, ...whole }) <= environmentLimitBytes && {
      [environmentVariables.config]: stack.toJsonString(proxyEnvironment(config, ids)),
    }),
  };
}

/**
 * The content of the file beside the function's code, with tags in place of ids.
 *
 * @throws {Error} If two names have the same tag: once in a million configs of 200 keys.
 */
export function functionConfig(config: ProxyConfig): ProxyEnvironment {
  const content = proxyEnvironment(config, {
    keyId: (name) => tagOf('key', name),
    profiles: profiledModels(config).map((profile) => ({
      ...profile,
      id: tagOf('profile', profile.plan, profile.alias),
    })),
    profileArn: profileArnTag,
    promptHost: config.promptLog && promptHostTag,
    noticeTopicArn: hasNotices(config) ? noticeTopicTag : undefined,
  });
  const keys = Object.values(config.teams).flatMap((team) => team.keys);
  if (Object.keys(content.keys).length < keys.length)
    throw new Error('Two names of keys have the same hash. Rename the key that was added last.');
  return content;
}

function idVariable(
  config: ProxyConfig,
  { keyId, profiles, profileArn, promptHost, noticeTopicArn }: Ids,
): Record<string, string> {
  const keys = Object.values(config.teams).flatMap((team) => team.keys);
  const pairs = [
    ...keys.map(({ name }) => [tagOf('key', name), keyId(name)]),
    ...profiles.map(({ plan, alias, id }) => [tagOf('profile', plan, alias), id]),
    ...(profiles.length > 0 ? [[profileArnTag, profileArn]] : []),
    ...(promptHost === undefined ? [] : [[promptHostTag, promptHost]]),
    ...(noticeTopicArn === undefined ? [] : [[noticeTopicTag, noticeTopicArn]]),
  ];
  const text = pairs.map((pair) => pair.join('=')).join(',');
  return pairs.length > 0 ? { [environmentVariables.ids]: text } : {};
}

/** Start of the ARNs of the account's application inference profiles. */
function profileArn({ partition, region, account }: Pick<Stack, 'partition' | 'region' | 'account'>): string {
  return `arn:${partition}:bedrock:${region}:${account}:application-inference-profile/`;
}

function proxyEnvironment(config: ProxyConfig, deployed: Ids): ProxyEnvironment {
  const { keyId, profiles, promptHost } = deployed;
  const profilesOf = (plan: string): Record<string, string> | undefined => {
    const own = profiles.filter((profile) => profile.plan === plan);
    return own.length > 0 ? Object.fromEntries(own.map(({ alias, id }) => [alias, id])) : undefined;
  };
  const plans = Object.entries(config.plans);
  const teams = Object.entries(config.teams);
  return {
    metrics: metricsNamespace(config),
    cors: config.cors && { origins: [...config.cors.origins] },
    timeZone: config.timeZone === 'UTC' ? undefined : config.timeZone,
    warnAt: config.warnAt,
    globalInference: config.globalInference || undefined,
    // The source of a fact is for people.
    models: config.models.map((model) =>
      typeof model === 'string' ? model : { ...model, source: undefined },
    ),
    aliases: config.aliases && { ...config.aliases },
    prices: config.prices,
    plans: Object.fromEntries(
      plans.map(([name, { guardrail, clampMaxTokens, ...plan }]) => [
        name,
        // The guardrail's profile is only for the permissions.
        {
          models: plan.models,
          maxTokens: plan.maxTokens,
          limits: plan.limits,
          shards: plan.shards === 1 ? undefined : plan.shards,
          limitsPerPerson: plan.limitsPerPerson,
          limitsPerCustomer: plan.limitsPerCustomer,
          limitsPerModel: plan.limitsPerModel,
          clampMaxTokens: clampMaxTokens || undefined,
          guardrail: guardrail && { id: guardrail.id, version: guardrail.version },
          inferenceProfiles: profilesOf(name),
        } satisfies Required<PlanAccess>,
      ]),
    ),
    inferenceProfileArn: profiles.length > 0 ? deployed.profileArn : undefined,
    promptLog:
      promptHost === undefined ? undefined : { host: promptHost, plans: config.promptLog?.plans?.slice() },
    noticeTopic: deployed.noticeTopicArn,
    traces: config.traces || undefined,
    teams: Object.fromEntries(teams.map(([name, { plan }]) => [name, plan])),
    keys: Object.fromEntries(
      teams.flatMap(([team, { keys }]) =>
        keys.map(({ name, limits }) => [keyId(name), limits ? { team, limits } : team]),
      ),
    ),
  } satisfies Required<ProxyEnvironment>;
}

/** Lambda measures the variables as one JSON object, so every quote inside a value counts twice. */
function measuredBytes(environment: Record<string, string>): number {
  return Buffer.byteLength(JSON.stringify(environment));
}
