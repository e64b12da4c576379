import {
  type APIGatewayClient,
  ConflictException,
  CreateUsagePlanKeyCommand,
  DeleteUsagePlanKeyCommand,
  paginateGetUsagePlans,
} from '@aws-sdk/client-api-gateway';
import { AdminError } from '../admin-error.ts';
import { unlessMissing } from './api-keys.ts';

/** The throttle and quota of a usage plan. A part that it lacks is undefined. */
export interface PlanGuards {
  /** Requests a second. */
  readonly rate: number | undefined;
  /** Requests at once. */
  readonly burst: number | undefined;
  /** Requests in a period. */
  readonly limit: number | undefined;
  readonly period: string | undefined;
}

interface DeployedPlan extends PlanGuards {
  readonly id: string;
}

/**
 * The usage plans of one deployment, by their plans' names in the config. All cover its one stage, and
 * API Gateway lets a key be in one of them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export class UsagePlans {
  readonly #client: APIGatewayClient;
  readonly #prefix: string;
  readonly #apiId: string;
  #plans: Promise<ReadonlyMap<string, DeployedPlan>> | undefined;

  /**
   * @param stackName Prefix of the usage plans' names; another deployment's may begin so too.
   * @param apiId Id of their API.
   */
  constructor(client: APIGatewayClient, stackName: string, apiId: string) {
    this.#client = client;
    this.#prefix = `${stackName}-`;
    this.#apiId = apiId;
  }

  /**
   * Puts a key that is in no plan into one.
   *
   * @throws {AdminError} If the plan is not deployed, or the key is gone.
   */
  async add(keyId: string, plan: string): Promise<void> {
    const joined = await unlessMissing(this.#join(keyId, await this.#idOf(plan)).then(() => true));
    if (joined) return;
    throw new AdminError('key_was_removed', { id: keyId });
  }

  /** Moves a key from its present plan to this one. In between it is refused. Does nothing for a key that is gone. */
  async move(keyId: string, plan: string): Promise<void> {
    const wanted = await this.#idOf(plan);
    const ours = new Set([...(await this.#all()).values()].map(({ id }) => id));
    const present = await this.#plansOf(keyId);
    for (const usagePlanId of present) {
      if (usagePlanId === wanted || !ours.has(usagePlanId)) continue;
      await unlessMissing(this.#client.send(new DeleteUsagePlanKeyCommand({ usagePlanId, keyId })));
    }
    if (!present.has(wanted)) await unlessMissing(this.#join(keyId, wanted));
  }

  /** The name of a key's plan; undefined if it is in no plan of this deployment. */
  async planOf(keyId: string): Promise<string | undefined> {
    const [all, present] = await Promise.all([this.#all(), this.#plansOf(keyId)]);
    return [...all].find(([, { id }]) => present.has(id))?.[0];
  }

  /** Throttles and quotas, by the plans' names in the config. */
  guards(): Promise<ReadonlyMap<string, PlanGuards>> {
    return this.#all();
  }

  async #join(keyId: string, usagePlanId: string): Promise<void> {
    try {
      await this.#client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
    } catch (error) {
      // An earlier attempt that seemed to fail may have done it.
      const isIn = error instanceof ConflictException && (await this.#plansOf(keyId)).has(usagePlanId);
      if (!isIn) throw error;
    }
  }

  async #idOf(plan: string): Promise<string> {
    const id = (await this.#all()).get(plan)?.id;
    if (id === undefined) throw new AdminError('plan_is_not_deployed', { plan });
    return id;
  }

  #all(): Promise<ReadonlyMap<string, DeployedPlan>> {
    this.#plans ??= this.#read();
    return this.#plans;
  }

  async #read(): Promise<ReadonlyMap<string, DeployedPlan>> {
    const plans = new Map<string, DeployedPlan>();
    for await (const { items = [] } of paginateGetUsagePlans({ client: this.#client, pageSize: 500 }, {})) {
      for (const { id, name, apiStages = [], throttle, quota } of items) {
        const isOurs = apiStages.some(({ apiId }) => apiId === this.#apiId);
        if (isOurs && id !== undefined && name?.startsWith(this.#prefix)) {
          plans.set(name.slice(this.#prefix.length), {
            id,
            rate: throttle?.rateLimit,
            burst: throttle?.burstLimit,
            limit: quota?.limit,
            period: quota?.period,
          });
        }
      }
    }
    return plans;
  }

  async #plansOf(keyId: string): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for await (const { items = [] } of paginateGetUsagePlans({ client: this.#client }, { keyId })) {
      for (const { id } of items) if (id !== undefined) ids.add(id);
    }
    return ids;
  }
}
