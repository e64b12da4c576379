import { userInfo } from 'node:os';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientSettings } from './endpoints.ts';

/**
 * The person or program that makes a change: the ARN of its AWS identity, or for a local gateway the user of this machine.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function operatorOf(settings: ClientSettings): Promise<string> {
  if (settings.endpoint !== undefined) return `local user ${userInfo().username}`;
  const client = new STSClient(settings);
  try {
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    if (Arn === undefined) throw new Error('AWS STS returned an identity without an ARN.');
    return Arn;
  } finally {
    client.destroy();
  }
}
