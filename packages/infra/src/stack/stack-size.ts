import type { ProxyConfig } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';
import { receiversOf } from '../config/notify.ts';
import { profiledModels } from './functions/inference-profiles.ts';

/**
 * What CloudFormation allows in one stack.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const most = { resources: 500, outputs: 200 } as const;

/** The most that a stack has besides keys, plans, inference profiles and receivers of notices, with every option on; a test counts them. */
export const besides = { resources: 130, outputs: 9 } as const;

/**
 * Checks the number of keys, plans, inference profiles and receivers of notices. Teams without keys in the config are not resources, so there may
 * be any number of them.
 *
 * @throws {ConfigError} If CloudFormation would refuse the stack.
 */
export function checkStackSize(config: ProxyConfig): void {
  const keys = Object.values(config.teams).reduce((sum, team) => sum + team.keys.length, 0);
  if (keys + besides.outputs > most.outputs) {
    const room = most.outputs - besides.outputs;
    const message = `have ${keys} keys, but one CloudFormation stack has room for ${room}; make the others with "proxy keys create"`;
    throw new ConfigError([{ path: 'teams', message }]);
  }
  const plans = Object.keys(config.plans).length;
  const profiles = profiledModels(config).length;
  // A key is a resource, and so is its place in a usage plan.
  const receivers = receiversOf(config).length;
  const resources = 2 * keys + plans + profiles + receivers + besides.resources;
  if (resources > most.resources) {
    const message =
      `needs up to ${resources} resources for ${keys} keys, ${plans} plans, ${profiles} inference profiles and ${receivers} receivers of notices, but one CloudFormation ` +
      `stack has ${most.resources}; make keys with "proxy keys create", or split it into two deployments`;
    throw new ConfigError([{ path: 'config', message }]);
  }
}
