import { App, Stack } from 'aws-cdk-lib';
import { type ProxyConfig, stackNameOf } from '../config/config.ts';
import { functionEnvironment } from './functions/function-environment.ts';
import { checkStackSize } from './stack-size.ts';

/**
 * Checks that AWS would not refuse the deployment as too large: CloudFormation the stack, or Lambda the environment of a
 * function. Quicker than synthesis, and needs no built functions.
 *
 * @throws {ConfigError} If CloudFormation or Lambda would refuse it.
 */
export function checkDeploymentSize(config: ProxyConfig): void {
  checkStackSize(config);
  const stack = new Stack(new App({ autoSynth: false }), stackNameOf(config));
  const names = Object.values(config.teams).flatMap(({ keys }) => keys.map(({ name }) => name));
  const keyIds = new Map(names.map((name) => [name, name]));
  const unknown = { profiles: [], promptHost: undefined, noticeTopicArn: undefined };
  // Throws if it is too large.
  functionEnvironment(config, { keyIds, tableName: '', ...unknown }, stack);
}
