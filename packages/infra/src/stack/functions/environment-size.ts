import { App, Stack } from 'aws-cdk-lib';
import { type ProxyConfig, stackNameOf } from '../../config/config.ts';
import { functionEnvironment } from './function-environment.ts';

/**
 * Finds what only the whole of a config shows: more than the function's environment holds. Quicker than synthesis, and
 * needs no built functions.
 *
 * @throws {ConfigError} If Lambda would refuse it.
 */
export function checkEnvironmentSize(config: ProxyConfig): void {
  const stack = new Stack(new App({ autoSynth: false }), stackNameOf(config));
  const names = Object.values(config.teams).flatMap(({ keys }) => keys.map(({ name }) => name));
  functionEnvironment(config, { keyIds: new Map(names.map((name) => [name, name])), tableName: '' }, stack);
}
