import { type ProxyConfig, stackDescriptionOf, stackNameOf } from '@org/infra/config';
import { AdminError } from '../admin-error.ts';
import type { ClientSettings } from '../aws/endpoints.ts';
import { deployedStack } from '../aws/stack.ts';
import { error, type Finding, ok, type Subject, unknown } from './finding.ts';

/**
 * Whether a stack of the config's name is a deployment of the config, and nothing else: a deployment would delete what is
 * in it.
 */
export async function checkOwnStack(settings: ClientSettings, config: ProxyConfig): Promise<Finding> {
  const stack = stackNameOf(config);
  const subject: Subject = { check: 'stack', of: stack };
  try {
    const { description, status } = await deployedStack(stack, settings);
    // Made for a change set that was never run, so nothing is in it.
    const isEmpty = status === 'REVIEW_IN_PROGRESS';
    return isEmpty || description === stackDescriptionOf(config)
      ? ok(subject, 'is of this config alone')
      : error(
          subject,
          'exists, and is not the deployment of this config alone: what else is in it would be deleted',
          'Change the name or the stage of the config, so that it gets a stack of its own. If your own CDK app has the deployment in this stack, deploy that with npx cdk.',
        );
  } catch (cause) {
    return cause instanceof AdminError && cause.is('no_such_stack')
      ? ok(subject, 'does not exist yet')
      : unknown(subject, cause, 'cloudformation:DescribeStacks');
  }
}
