import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { AdminError } from '../admin-error.ts';
import { accountOf } from './account.ts';
import type { ClientSettings } from './endpoints.ts';

/** A deployed stack. */
export interface DeployedStack {
  /** The AWS account. Undefined if not known. */
  readonly account: string | undefined;
  /** By output key. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** @throws {AdminError} If there is no such stack. */
export async function deployedStack(name: string, settings: ClientSettings): Promise<DeployedStack> {
  const client = new CloudFormationClient(settings);
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return {
      account: stack?.StackId?.split(':')[4] || undefined,
      outputs: new Map(
        (stack?.Outputs ?? []).map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]),
      ),
    };
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ValidationError')) throw error;
    const account = await accountOf(settings);
    throw new AdminError('no_such_stack', { stack: name, region: settings.region, account });
  } finally {
    client.destroy();
  }
}
