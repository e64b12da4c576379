import { GetAccountSettingsCommand, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type ProxyConfig, requestLogGroupOf } from '@org/infra/config';
import type { ClientSettings } from '../aws/endpoints.ts';
import { stackResources } from '../aws/stack-resources.ts';
import { type Finding, ok, type Subject, unknown, warning } from './finding.ts';

const subject: Subject = { check: 'concurrency' };

/**
 * The concurrency that Lambda keeps for functions without their own ceiling.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
const keptForOthers = 100;

/** Whether the account can reserve the config's ceiling. */
export interface Concurrency {
  readonly finding: Finding;
  /** False only if Lambda would refuse it. */
  readonly ceilingFits: boolean;
}

/** Compares the config's ceiling with the account's free concurrency, counting the deployment's present share as free. */
export async function checkConcurrency(
  settings: ClientSettings,
  config: ProxyConfig,
  stack: string,
): Promise<Concurrency> {
  const lambda = new LambdaClient(settings);
  try {
    const { AccountLimit: account } = await lambda.send(new GetAccountSettingsCommand({}));
    const total = account?.ConcurrentExecutions ?? 0;
    const wanted = config.concurrency ?? 0;
    if (wanted === 0) return { finding: accountLimit(total), ceilingFits: true };
    const present = await presentCeiling(lambda, settings, { stack, logGroup: requestLogGroupOf(config) });
    const left = (account?.UnreservedConcurrentExecutions ?? 0) + present - wanted;
    if (left >= keptForOthers) {
      return {
        finding: ok(subject, `${total}, of which this deployment takes ${wanted}`),
        ceilingFits: true,
      };
    }
    return {
      finding: warning(
        subject,
        `a ceiling of ${wanted} leaves ${left} of the account's ${total}, but Lambda keeps ${keptForOthers} for other functions`,
        'A deployment leaves the ceiling off; limits hold without it. Ask for more in Service Quotas (Lambda), or remove concurrency.',
      ),
      ceilingFits: false,
    };
  } catch (cause) {
    const permissions = 'lambda:GetAccountSettings, lambda:GetFunction, cloudformation:ListStackResources';
    return { finding: unknown(subject, cause, permissions), ceilingFits: true };
  } finally {
    lambda.destroy();
  }
}

function accountLimit(total: number): Finding {
  return total > keptForOthers
    ? ok(subject, `${total} calls at once, for all functions of the account`)
    : warning(
        subject,
        `the account can run only ${total} calls at once, for all its functions; a call takes one until its model has answered`,
        'Ask for more in Service Quotas (Lambda, concurrent executions) before many callers come.',
      );
}

/** The concurrency that the deployment's function reserves now; 0 if it is not deployed. */
async function presentCeiling(
  lambda: LambdaClient,
  settings: ClientSettings,
  { stack, logGroup }: { readonly stack: string; readonly logGroup: string },
): Promise<number> {
  try {
    for (const FunctionName of await stackResources(stack, 'AWS::Lambda::Function', settings)) {
      const found = await lambda.send(new GetFunctionCommand({ FunctionName }));
      if (found.Configuration?.LoggingConfig?.LogGroup !== logGroup) continue;
      return found.Concurrency?.ReservedConcurrentExecutions ?? 0;
    }
    return 0;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ValidationError') return 0;
    throw cause;
  }
}
