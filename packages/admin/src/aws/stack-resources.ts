import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { ClientSettings } from './endpoints.ts';

/** The physical ids of a stack's resources of a type, such as the names of its functions. */
export async function stackResources(
  stack: string,
  type: string,
  settings: ClientSettings,
): Promise<string[]> {
  const client = new CloudFormationClient(settings);
  try {
    const ids: string[] = [];
    for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
      for (const { ResourceType, PhysicalResourceId: id } of page.StackResourceSummaries ?? []) {
        if (ResourceType === type && id !== undefined) ids.push(id);
      }
    }
    return ids;
  } finally {
    client.destroy();
  }
}
