import { type ProxyEnvironment, proxyEnvironmentVariable } from '@org/lambda/environment';
import type { Stack } from 'aws-cdk-lib';
import type { ProxyConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

/**
 * Bytes of environment that Lambda allows, all variables together.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const environmentLimitBytes = 4096;

/** What a deployed key id looks like: API Gateway's ids have 10 characters. */
const sampleKeyId = (index: number) => String(index).padStart(10, '0');

/**
 * The function's environment variables for a config.
 *
 * @param keyIds Ids of the API keys by key name; may be tokens.
 * @throws {ConfigError} If Lambda would refuse them as too large.
 */
export function functionEnvironment(
  config: ProxyConfig,
  keyIds: ReadonlyMap<string, string>,
  stack: Stack,
): Record<string, string> {
  const names = [...keyIds.keys()];
  const bytes = deployedBytes(proxyEnvironment(config, (name) => sampleKeyId(names.indexOf(name))));
  if (bytes > environmentLimitBytes) {
    const message =
      `makes a function environment of ${bytes} bytes, and Lambda allows ${environmentLimitBytes}; ` +
      'shorten names, offer fewer models with definitions of their own, or split it into two deployments';
    throw new ConfigError([{ path: 'config', message }]);
  }
  const environment = proxyEnvironment(config, (name) => keyIds.get(name) ?? name);
  return { [proxyEnvironmentVariable]: stack.toJsonString(environment) };
}

function proxyEnvironment(config: ProxyConfig, keyId: (name: string) => string): ProxyEnvironment {
  const plans = Object.entries(config.plans);
  const teams = Object.entries(config.teams);
  return {
    // Where a fact was read is for people.
    models: config.models.map((model) =>
      typeof model === 'string' ? model : { ...model, source: undefined },
    ),
    plans: Object.fromEntries(plans.map(([name, { models, maxTokens }]) => [name, { models, maxTokens }])),
    teams: Object.fromEntries(teams.map(([name, { plan }]) => [name, plan])),
    keys: Object.fromEntries(
      teams.flatMap(([team, { keys }]) => keys.map(({ name }) => [keyId(name), team])),
    ),
  };
}

/** Lambda measures the variables as one JSON object, so every quote inside a value counts twice. */
function deployedBytes(environment: ProxyEnvironment): number {
  return Buffer.byteLength(JSON.stringify({ [proxyEnvironmentVariable]: JSON.stringify(environment) }));
}
