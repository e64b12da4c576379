import { App, Stack } from 'aws-cdk-lib';
import { type ProxyConfig, stackNameOf } from '../../config/config.ts';
import { functionEnvironment } from './function-environment.ts';

/**
 * Checks a property of the whole config: whether the function's environment is too large. Quicker than synthesis, and
 * needs no built functions.
 *
 * @throws {ConfigError} If Lambda would refuse it.
 */
export function checkEnvironmentSize(config: ProxyConfig): void {
  const stack = new Stack(new App({ autoSynth: false }), stackNameOf(config));
  const names = Object.values(config.teams).flatMap(({ keys }) => keys.map(({ name }) => name));
  const keyIds = new Map(names.map((name) => [name, name]));
  functionEnvironment(config, { keyIds, tableName: '', profiles: [] }, stack);
}
