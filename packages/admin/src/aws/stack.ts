import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { AdminError } from '../admin-error.ts';
import type { ClientSettings } from './endpoints.ts';

/**
 * The outputs of a deployed stack by their keys.
 *
 * @throws {AdminError} If there is no such stack.
 */
export async function stackOutputs(name: string, settings: ClientSettings): Promise<Map<string, string>> {
  const client = new CloudFormationClient(settings);
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return new Map(
      (stack?.Outputs ?? []).map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]),
    );
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ValidationError')) throw error;
    throw new AdminError('no_such_stack', { stack: name, region: settings.region });
  } finally {
    client.destroy();
  }
}
