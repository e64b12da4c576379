import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { ClientSettings } from '../aws/endpoints.ts';
import { error, type Finding, ok, type Remedy, type Subject, unknown, warning } from './finding.ts';

const subject: Subject = { check: 'bootstrap' };

/** The first version that takes the assets of a CDK app of today. */
const neededVersion = 6;

/**
 * Whether the account and Region have what the CDK deploys with: a bucket and roles, made once by `cdk bootstrap`.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html
 */
export async function checkBootstrap(settings: ClientSettings, account: string): Promise<Finding> {
  const { region } = settings;
  const remedy = (present: 'none' | 'too old' | 'of unknown version'): Remedy => ({
    kind: 'bootstrap',
    account,
    region,
    present,
  });
  const client = new CloudFormationClient(settings);
  try {
    const { Stacks: [stack] = [] } = await client.send(
      new DescribeStacksCommand({ StackName: 'CDKToolkit' }),
    );
    const outputs = stack?.Outputs ?? [];
    const version = outputs.find(({ OutputKey: key }) => key === 'BootstrapVersion')?.OutputValue;
    if (version === undefined) {
      return warning(subject, 'CDKToolkit does not report its version', remedy('of unknown version'));
    }
    return Number(version) >= neededVersion
      ? ok(subject, `CDKToolkit version ${version}`)
      : error(subject, `CDKToolkit is too old: version ${version}`, remedy('too old'));
  } catch (cause) {
    const missing = cause instanceof Error && cause.name === 'ValidationError';
    return missing
      ? error(subject, `the account has no CDKToolkit in ${region}`, remedy('none'))
      : unknown(subject, cause, 'cloudformation:DescribeStacks');
  } finally {
    client.destroy();
  }
}
