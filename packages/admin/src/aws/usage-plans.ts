import {
  type APIGatewayClient,
  ConflictException,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  DeleteUsagePlanCommand,
  DeleteUsagePlanKeyCommand,
  type PatchOperation,
  paginateGetUsagePlanKeys,
  paginateGetUsagePlans,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway';
import type { ProxyConfig } from '@org/infra/config';
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

/** A usage plan that was made here. */
interface MadePlan {
  readonly usagePlanId: string;
  readonly hasStage: boolean;
}

/** The throttle and quota of a plan, as the config says them. */
export type AuthoredGuards = Pick<ProxyConfig['plans'][string], 'throttle' | 'quota'>;

/** The one stage of a deployment, and how its usage plans are named and tagged. */
export interface UsagePlansOptions {
  /** Prefix of the usage plans' names; another deployment's may begin so too. */
  readonly stackName: string;
  /** Id of their API. */
  readonly apiId: string;
  readonly stage: string;
  /** Tags of the usage plans that it makes. Default: none. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Says the id of the usage plan of a plan made at run time. Undefined if there is none. */
  readonly recordedId: (plan: string) => Promise<string | undefined>;
}

/** Ends the names of usage plans that are made here. No plan of a config has a space in its name. */
const atRunTime = ' at run time';

/**
 * The usage plans of one deployment, by their plans' names. All cover its one stage, and API Gateway lets a key be in one of
 * them. Those of the config are the stack's. Those of plans made at run time are made here, and the table says which they are.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export class UsagePlans {
  readonly #client: APIGatewayClient;
  readonly #prefix: string;
  readonly #options: UsagePlansOptions;
  #plans: Promise<ReadonlyMap<string, DeployedPlan>> | undefined;

  constructor(client: APIGatewayClient, options: UsagePlansOptions) {
    this.#client = client;
    this.#prefix = `${options.stackName}-`;
    this.#options = options;
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
    const [name] = [...all].find(([, { id }]) => present.has(id)) ?? [];
    return name?.endsWith(atRunTime) ? name.slice(0, -atRunTime.length) : name;
  }

  /** Makes the usage plan of a plan made at run time. It is used once the table has its id. */
  async create(plan: string, { throttle, quota }: AuthoredGuards): Promise<string> {
    const { apiId, stage, tags } = this.#options;
    const { id } = await this.#client.send(
      new CreateUsagePlanCommand({
        name: `${this.#prefix}${plan}${atRunTime}`,
        apiStages: [{ apiId, stage }],
        throttle: { rateLimit: throttle.rate, burstLimit: throttle.burst },
        quota: { limit: quota.limit, period: quota.period, offset: quota.offset },
        tags,
      }),
    );
    this.#plans = undefined;
    if (id === undefined) throw new AdminError('plan_is_not_deployed', { plan });
    return id;
  }

  /** Changes the throttle and quota of a usage plan that was made here. What keys have used of the quota stays counted. Does nothing for one that is gone. */
  async change(usagePlanId: string, { throttle, quota }: AuthoredGuards): Promise<void> {
    const values = {
      '/throttle/rateLimit': throttle.rate,
      '/throttle/burstLimit': throttle.burst,
      '/quota/limit': quota.limit,
      '/quota/offset': quota.offset,
      '/quota/period': quota.period,
    };
    const patchOperations = Object.entries(values).map(
      ([path, value]): PatchOperation => ({ op: 'replace', path, value: String(value) }),
    );
    await unlessMissing(this.#client.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations })));
    this.#plans = undefined;
  }

  /** Deletes a usage plan that was just made here. */
  async discard(usagePlanId: string): Promise<void> {
    await this.#delete({ usagePlanId, hasStage: true });
    this.#plans = undefined;
  }

  /** Deletes every usage plan that was made here for a plan. Keys in it are refused from then on. Safe to repeat. */
  async delete(plan: string): Promise<void> {
    for (const made of await this.#madeFor(plan)) await this.#delete(made);
    this.#plans = undefined;
  }

  /** How many keys are in usage plans that were made here for a plan. */
  async keysIn(plan: string): Promise<number> {
    let keys = 0;
    for (const { usagePlanId } of await this.#madeFor(plan)) {
      const pages = paginateGetUsagePlanKeys({ client: this.#client, pageSize: 500 }, { usagePlanId });
      for await (const { items = [] } of pages) keys += items.length;
    }
    return keys;
  }

  async #delete({ usagePlanId, hasStage }: MadePlan): Promise<void> {
    const { apiId, stage } = this.#options;
    // API Gateway refuses to delete one that has a stage.
    const value = `${apiId}:${stage}`;
    const patchOperations: PatchOperation[] = [{ op: 'remove', path: '/apiStages', value }];
    if (hasStage)
      await unlessMissing(this.#client.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations })));
    await unlessMissing(this.#client.send(new DeleteUsagePlanCommand({ usagePlanId })));
  }

  /** Usually one. A command that died may have left another. */
  async #madeFor(plan: string): Promise<MadePlan[]> {
    const wanted = `${this.#prefix}${plan}${atRunTime}`;
    const made: MadePlan[] = [];
    for await (const { items = [] } of paginateGetUsagePlans({ client: this.#client, pageSize: 500 }, {})) {
      for (const { id: usagePlanId, name, apiStages = [] } of items) {
        const hasStage = apiStages.some(({ apiId }) => apiId === this.#options.apiId);
        // One without any stage is half deleted.
        const isOurs = name === wanted && (hasStage || apiStages.length === 0);
        if (isOurs && usagePlanId !== undefined) made.push({ usagePlanId, hasStage });
      }
    }
    return made;
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
    const id = (await this.#all()).get(plan)?.id ?? (await this.#options.recordedId(plan));
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
        const isOurs = apiStages.some(({ apiId }) => apiId === this.#options.apiId);
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
