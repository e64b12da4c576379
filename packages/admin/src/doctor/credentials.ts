import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientSettings } from '../aws/endpoints.ts';
import { describeFailure, error, type Finding, ok, type Subject } from './finding.ts';

/** The identity that deploys; without an account, nothing else can be checked. */
export interface Identity {
  readonly finding: Finding;
  readonly account: string | undefined;
}

/**
 * Asks the config's Region for the caller's identity, so that a Region which is not enabled in the account shows here.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
 */
export async function checkCredentials(settings: ClientSettings): Promise<Identity> {
  const client = new STSClient(settings);
  const subject: Subject = { check: 'credentials' };
  try {
    const { Account: account, Arn: arn } = await client.send(new GetCallerIdentityCommand({}));
    return { finding: ok(subject, `${arn} in ${settings.region}`), account };
  } catch (cause) {
    return {
      finding: error(subject, describeFailure(cause), { kind: 'failure', cause }),
      account: undefined,
    };
  } finally {
    client.destroy();
  }
}
