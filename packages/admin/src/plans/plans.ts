import { ConfigError, type Plan, type ProxyConfig, parseProxyConfig } from '@org/infra/config';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import { listStoredPlans } from './stored-plan.ts';

/**
 * The config with the plans made at run time in it. A plan of the config comes before one of its name that was made at run
 * time, as for the function.
 *
 * @throws {AdminError} If a newer version wrote a plan that this one does not know.
 */
export async function configWithPlans({
  config,
  table,
}: Pick<Deployment, 'config' | 'table'>): Promise<ProxyConfig> {
  const stored = await listStoredPlans(table);
  if (stored.length === 0) return config;
  const made = Object.fromEntries(stored.map(({ name, plan }) => [name, plan]));
  return { ...config, plans: { ...made, ...config.plans } };
}

/** @throws {AdminError} If neither the config nor the table has the plan. */
export async function requirePlan(
  deployment: Pick<Deployment, 'config' | 'table'>,
  name: string,
): Promise<Plan> {
  const { plans } = await configWithPlans(deployment);
  const plan = Object.hasOwn(plans, name) ? plans[name] : undefined;
  if (!plan) throw new AdminError('no_such_plan', { plan: name, plans: Object.keys(plans) });
  return plan;
}

/**
 * Checks a plan from anywhere, in its place in the config: its models are offered there and have prices where USD are limited,
 * and its throttle is within that of the stage.
 *
 * A guardrail has to be one of the config's, because only a deployment lets the function apply it.
 *
 * @throws {AdminError} Naming every field at fault.
 */
export function checkedPlan(config: ProxyConfig, name: string, authored: unknown): Plan {
  const issues = (all: ConfigError['issues']) => {
    const within = `plans.${name}.`;
    return all.map(({ path, message }) => ({
      path: path.startsWith(within) ? path.slice(within.length) : path,
      message,
    }));
  };
  try {
    const plans: Record<string, unknown> = { ...config.plans, [name]: authored };
    const plan = parseProxyConfig({ ...config, plans }).plans[name];
    if (!plan) throw new TypeError('The checked config lacks a plan that it was given');
    const guardrails = Object.values(config.plans).flatMap(({ guardrail }) => guardrail?.id ?? []);
    const { guardrail } = plan;
    if (guardrail && !guardrails.includes(guardrail.id)) {
      const message =
        'is in no plan of the config, so the function may not apply it; deploy it there first, or leave it out';
      throw new ConfigError([{ path: 'guardrail.id', message }]);
    }
    return plan;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new AdminError('invalid_plan', { plan: name, issues: issues(error.issues) });
  }
}
