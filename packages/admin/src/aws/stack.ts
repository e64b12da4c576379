import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CliError } from '../cli-error.ts';
import type { ClientSettings } from './endpoints.ts';

/**
 * The outputs of a deployed stack by their keys.
 *
 * @param whatToDo Where there is no such stack.
 * @throws {CliError} If there is no such stack.
 */
export async function stackOutputs(
  name: string,
  settings: ClientSettings,
  whatToDo = 'Deploy it, name another config with --config, or add --local for the gateway of npm start.',
): Promise<Map<string, string>> {
  const client = new CloudFormationClient(settings);
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return new Map(
      (stack?.Outputs ?? []).map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]),
    );
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ValidationError')) throw error;
    throw new CliError(`There is no stack ${name} in ${settings.region}.`, whatToDo);
  } finally {
    client.destroy();
  }
}
