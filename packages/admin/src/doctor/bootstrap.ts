import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { ClientSettings } from '../aws/endpoints.ts';
import { error, type Finding, ok, unknown, warning } from './finding.ts';

const subject = 'bootstrap';

/** The first version that takes the assets of a CDK app of today. */
const neededVersion = 6;

/**
 * Whether the account and Region have what the CDK deploys with: a bucket and roles, made once by `cdk bootstrap`.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html
 */
export async function checkBootstrap(settings: ClientSettings, account: string): Promise<Finding> {
  const command = `npm run cdk -- bootstrap aws://${account}/${settings.region}`;
  const client = new CloudFormationClient(settings);
  try {
    const { Stacks: [stack] = [] } = await client.send(
      new DescribeStacksCommand({ StackName: 'CDKToolkit' }),
    );
    const outputs = stack?.Outputs ?? [];
    const told = outputs.find(({ OutputKey: key }) => key === 'BootstrapVersion')?.OutputValue;
    if (told === undefined) {
      return warning(
        subject,
        'CDKToolkit does not tell its version',
        `If the deployment fails, run: ${command}`,
      );
    }
    return Number(told) >= neededVersion
      ? ok(subject, `CDKToolkit version ${told}`)
      : error(subject, `CDKToolkit is too old: version ${told}`, `Run: ${command}`);
  } catch (cause) {
    const missing = cause instanceof Error && cause.name === 'ValidationError';
    return missing
      ? error(subject, `the account has no CDKToolkit in ${settings.region}`, `Once: ${command}`)
      : unknown(subject, cause, 'cloudformation:DescribeStacks');
  } finally {
    client.destroy();
  }
}
