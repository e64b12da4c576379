import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientSettings } from './endpoints.ts';

/** The account of the credentials, if AWS says it; a local gateway has none. */
export async function accountOf(settings: ClientSettings): Promise<string | undefined> {
  const client = new STSClient(settings);
  try {
    return (await client.send(new GetCallerIdentityCommand({}))).Account;
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
