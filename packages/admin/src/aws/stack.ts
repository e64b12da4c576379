import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { AdminError } from '../admin-error.ts';
import { accountOf } from './account.ts';
import type { ClientSettings } from './endpoints.ts';

/** A deployed stack. */
export interface DeployedStack {
  /** The AWS account. Undefined if not known. */
  readonly account: string | undefined;
  /** Undefined if it has none. */
  readonly description: string | undefined;
  /** Such as `CREATE_COMPLETE`. */
  readonly status: string | undefined;
  /** By output key. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** @throws {AdminError} If there is no such stack. */
export function deployedStack(name: string, settings: ClientSettings): Promise<DeployedStack> {
  return ofStack(name, settings, async (client) => {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return {
      account: stack?.StackId?.split(':')[4] || undefined,
      description: stack?.Description,
      status: stack?.StackStatus,
      outputs: new Map(
        (stack?.Outputs ?? []).map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]),
      ),
    };
  });
}

/**
 * The template that a stack was deployed with, as it was written.
 *
 * @throws {AdminError} If there is no such stack.
 */
export function deployedTemplate(name: string, settings: ClientSettings): Promise<string> {
  return ofStack(name, settings, async (client) => {
    const command = new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' });
    return (await client.send(command)).TemplateBody ?? '';
  });
}

async function ofStack<Found>(
  name: string,
  settings: ClientSettings,
  read: (client: CloudFormationClient) => Promise<Found>,
): Promise<Found> {
  const client = new CloudFormationClient(settings);
  try {
    return await read(client);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ValidationError')) throw error;
    const account = await accountOf(settings);
    throw new AdminError('no_such_stack', { stack: name, region: settings.region, account });
  } finally {
    client.destroy();
  }
}
