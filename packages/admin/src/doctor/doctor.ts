import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import type { ClientSettings } from '../aws/endpoints.ts';
import { checkApiGatewayAccount } from './api-gateway-account.ts';
import { checkBootstrap } from './bootstrap.ts';
import { checkConcurrency } from './concurrency.ts';
import { configWarnings } from './config-warnings.ts';
import { checkCredentials } from './credentials.ts';
import { checkDeployed } from './deployed.ts';
import { error, type Finding } from './finding.ts';
import { checkGuardrailAccess } from './guardrails.ts';
import { checkModels, type ModelAccess } from './model-access.ts';
import { checkOwnStack } from './own-stack.ts';
import { checkModelPrices } from './prices.ts';

/** Problems for a config in an account. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly account: string | undefined;
  /** Whether the account has no role for access logs, and the config wants one. */
  readonly lacksLogRole: boolean;
  /** Whether Lambda would accept the config's ceiling. */
  readonly ceilingFits: boolean;
  /** In the order of the config. */
  readonly models: readonly Omit<ModelAccess, 'finding'>[];
}

/**
 * Checks the account and Region of a config. Changes nothing.
 *
 * @param stack Default: the config's own stack.
 */
export async function diagnose(
  config: ProxyConfig,
  settings: ClientSettings,
  now: number,
  stack?: string,
): Promise<Diagnosis> {
  const ofConfig = [checkModelPrices(config), ...configWarnings(config, now)];
  const { finding: credentials, account } = await checkCredentials(settings);
  if (account === undefined) {
    return {
      findings: [credentials, ...ofConfig],
      account,
      lacksLogRole: false,
      ceilingFits: true,
      models: [],
    };
  }
  const name = stack ?? stackNameOf(config);
  const [bootstrap, own, apiGateway, concurrency, models, guardrails, deployed] = await Promise.all([
    checkBootstrap(settings, config, account),
    stack === undefined ? checkOwnStack(settings, config) : undefined,
    checkApiGatewayAccount(settings, config),
    checkConcurrency(settings, config, name),
    checkModels(settings, config, now),
    checkGuardrailAccess(settings, config),
    checkDeployed(settings, config, now, name),
  ]);
  return {
    findings: [
      credentials,
      bootstrap,
      ...(own ? [own] : []),
      ...apiGateway.findings,
      concurrency.finding,
      ...models.map(({ finding }) => finding),
      ...noModelAnswers(models),
      ...guardrails,
      ...deployed,
      ...ofConfig,
    ],
    account,
    lacksLogRole: apiGateway.lacksLogRole,
    ceilingFits: concurrency.ceilingFits,
    models: models.map(({ alias, access }) => ({ alias, access })),
  };
}

function noModelAnswers(models: readonly ModelAccess[]): Finding[] {
  if (models.some(({ access }) => access !== 'no')) return [];
  return [error({ check: 'models' }, 'none of the models answers', 'Follow what is said of one of them.')];
}
