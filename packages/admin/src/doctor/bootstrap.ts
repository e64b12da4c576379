import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import type { ProxyConfig } from '@org/infra/config';
import type { ClientSettings } from '../aws/endpoints.ts';
import { error, type Finding, ok, type Remedy, type Subject, unknown } from './finding.ts';

const subject: Subject = { check: 'bootstrap' };

/** The first version that takes the assets of a current CDK app. */
const neededVersion = 6;

/**
 * Whether the account and Region have the CDK's bucket and roles, made once by `cdk bootstrap`. Its stack may
 * have any name, so this reads the parameter of the qualifier, as a deployment does.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html
 */
export async function checkBootstrap(
  settings: ClientSettings,
  { bootstrapQualifier: qualifier }: Pick<ProxyConfig, 'bootstrapQualifier'>,
  account: string,
): Promise<Finding> {
  const { region } = settings;
  const name = `/cdk-bootstrap/${qualifier}/version`;
  const remedy = (present: 'none' | 'too old'): Remedy => ({
    kind: 'bootstrap',
    account,
    region,
    qualifier,
    present,
  });
  const client = new SSMClient(settings);
  try {
    const { Parameter: parameter } = await client.send(new GetParameterCommand({ Name: name }));
    const version = Number(parameter?.Value);
    return version >= neededVersion
      ? ok(subject, `version ${version}, qualifier ${qualifier}`)
      : error(
          subject,
          `version ${parameter?.Value} of the bootstrap is too old; ${neededVersion} is needed`,
          remedy('too old'),
        );
  } catch (cause) {
    return cause instanceof ParameterNotFound
      ? error(subject, `there is no parameter ${name} in the account ${account}, ${region}`, remedy('none'))
      : unknown(subject, cause, `ssm:GetParameter on ${name}`);
  } finally {
    client.destroy();
  }
}
