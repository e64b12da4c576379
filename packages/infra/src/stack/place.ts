import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ProxyConfig } from '../config/config.ts';

/** A proxy somewhere in an app. */
interface Placed extends IConstruct {
  readonly config: ProxyConfig;
}

/**
 * Checks that a proxy could be deployed where it is: in the Region of its config, with names that no other proxy of the
 * app has there.
 *
 * @throws {Error} With what to change.
 */
export function checkPlace(proxy: Placed, others: readonly Placed[]): void {
  const { config } = proxy;
  const stack = Stack.of(proxy);
  const fault = (message: string) => new Error(`${proxy.node.path}: ${message}`);
  if (stack.nested) {
    throw fault('a nested stack has no outputs of its own, so put the proxy into the stack around it');
  }
  if (stack.region !== config.region) {
    const found = Token.isUnresolved(stack.region) ? 'no Region' : stack.region;
    throw fault(
      `the config is for ${config.region}, and the stack has ${found}; give the stack env: { region: config.region }`,
    );
  }
  for (const other of others) {
    if (Stack.of(other).environment !== stack.environment) continue;
    if (other.config.name === config.name && other.config.stage === config.stage) {
      throw fault(
        `${other.node.path} is ${config.name} in stage ${config.stage} too, so their logs, plans and alarms would have the same names; change the name or the stage of one config`,
      );
    }
    const taken = new Set(keyNames(other.config));
    const twice = keyNames(config).find((name) => taken.has(name));
    if (twice !== undefined) {
      throw fault(
        `${other.node.path} has a key ${twice} too, and API Gateway may refuse a second one of that name; rename one of them`,
      );
    }
  }
}

function keyNames({ teams }: ProxyConfig): string[] {
  return Object.values(teams).flatMap(({ keys }) => keys.map(({ name }) => name));
}
