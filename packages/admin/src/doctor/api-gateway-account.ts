import { APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway';
import { type ProxyConfig, promisedThrottle } from '@org/infra/config';
import type { ClientSettings } from '../aws/endpoints.ts';
import { error, type Finding, ok, type Subject, unknown, warning } from './finding.ts';

const roleSubject: Subject = { check: 'log_role' };
const throttleSubject: Subject = { check: 'throttle' };

/** API Gateway's settings in the account and Region that a deployment depends on. */
export interface ApiGatewayAccount {
  readonly findings: readonly Finding[];
  /** Whether the role that writes the stage's access log is missing. */
  readonly lacksLogRole: boolean;
}

/**
 * Checks the role that writes access logs, and the throttle that all APIs of the account share.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html
 */
export async function checkApiGatewayAccount(
  settings: ClientSettings,
  config: ProxyConfig,
): Promise<ApiGatewayAccount> {
  const client = new APIGatewayClient(settings);
  try {
    const { cloudwatchRoleArn: role, throttleSettings: throttle } = await client.send(
      new GetAccountCommand({}),
    );
    const lacksLogRole = config.accessLog && !role;
    return {
      findings: [...logRole(config.accessLog, role), ...sharedThrottle(config, throttle)],
      lacksLogRole,
    };
  } catch (cause) {
    return { findings: [unknown(roleSubject, cause, 'apigateway:GET on /account')], lacksLogRole: false };
  } finally {
    client.destroy();
  }
}

function logRole(accessLog: boolean, role: string | undefined): Finding[] {
  if (!accessLog) return [];
  if (role) return [ok(roleSubject, role)];
  return [
    error(
      roleSubject,
      'accessLog is on, and the account has no role for it in this Region: the stage would fail to deploy',
      { kind: 'set_log_role' },
    ),
  ];
}

function sharedThrottle(
  config: ProxyConfig,
  account: { readonly rateLimit?: number | undefined; readonly burstLimit?: number | undefined } = {},
): Finding[] {
  const { rateLimit, burstLimit } = account;
  if (rateLimit === undefined || burstLimit === undefined) return [];
  const { rate, burst } = promisedThrottle(config);
  const has = `${rateLimit} requests a second, ${burstLimit} at once, for all APIs of the account`;
  const runTime = 'keys made at run time are not counted here';
  if (rate <= rateLimit && burst <= burstLimit) return [ok(throttleSubject, `${has}; ${runTime}`)];
  return [
    warning(
      throttleSubject,
      `the plans promise the keys of the config up to ${rate} requests a second and ${burst} at once, but the account has ${has}; ${runTime}`,
      'Lower the throttle of the plans, or ask for more in Service Quotas (API Gateway).',
    ),
  ];
}
