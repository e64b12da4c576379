import { randomInt } from 'node:crypto';
import type { Api } from '../template/api.ts';
import type { ApiKey, UsagePlan } from '../template/usage-plans.ts';

/** An API key as the control plane knows it. */
export interface RegisteredKey extends ApiKey {
  /** Counts up, to keep keys in order. */
  readonly sequence: number;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly changedAt: number;
}

/** An enabled key, with its one plan of this stage. */
export interface Caller {
  readonly apiKey: ApiKey;
  readonly plan: StagePlan;
}

/** The properties of a new key. */
export type NewKey = Pick<ApiKey, 'name' | 'description' | 'enabled' | 'tags'>;

/** A key that the control plane created or changed, with the id of its plan. */
export type KeptKey = Omit<RegisteredKey, 'sequence'> & { readonly plan?: string | undefined };

/** A usage plan, as the template or the control plane made it. */
export interface StagePlan extends Omit<UsagePlan, 'keys'> {
  /** Whether it was taken off the stage, so that its keys open nothing. Default: false. */
  readonly detached?: boolean | undefined;
}

/** The control plane's changes to the template's keys and plans. */
export interface KeptKeys {
  readonly keys: readonly KeptKey[];
  /** Ids of the template's keys that were deleted. */
  readonly deleted: readonly string[];
  readonly plans: readonly StagePlan[];
}

/** A store for these changes that outlives the gateway. */
export interface KeyStore {
  read(): KeptKeys;
  /** Replaces everything that was written before. */
  write(kept: KeptKeys): void;
}

const idAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const valueAlphabet = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${idAlphabet}`;

/**
 * All API keys and their usage plans: the template's, and the control plane's changes to them. A change applies
 * from the next request on.
 */
export class ApiKeyRegistry {
  readonly #plansOfTemplate: readonly UsagePlan[];
  readonly #madePlans = new Map<string, StagePlan>();
  readonly #keys = new Map<string, RegisteredKey>();
  readonly #idByValue = new Map<string, string>();
  /** All plans here cover the same stage, so a key can be in only one. */
  readonly #planIdByKey = new Map<string, string>();
  readonly #store: KeyStore | undefined;
  readonly #ofTemplate: readonly string[];
  /** Ids of keys that differ from the template. */
  readonly #changed = new Set<string>();
  #sequence = 0;

  /** @param store Default: the control plane's changes are lost with the registry. */
  constructor(
    { apiKeys, usagePlans }: Pick<Api, 'apiKeys' | 'usagePlans'>,
    createdAt: number,
    store?: KeyStore,
  ) {
    this.#plansOfTemplate = usagePlans;
    this.#ofTemplate = apiKeys.map(({ id }) => id);
    for (const key of apiKeys) this.#add({ ...key, createdAt, changedAt: createdAt });
    for (const plan of usagePlans) {
      for (const keyId of plan.keys) this.#planIdByKey.set(keyId, plan.id);
    }
    const { keys, deleted, plans } = store?.read() ?? { keys: [], deleted: [], plans: [] };
    for (const plan of plans) this.#madePlans.set(plan.id, plan);
    for (const { plan: planId, ...key } of keys) this.#restore(key, planId);
    for (const id of deleted) this.#remove(id);
    this.#store = store;
  }

  /** The caller with this key; undefined for a key that is missing, unknown, disabled, or in no plan of this stage. */
  identify(value: string | undefined): Caller | undefined {
    const id = value === undefined ? undefined : this.#idByValue.get(value);
    const apiKey = id === undefined ? undefined : this.#keys.get(id);
    const plan = id === undefined ? undefined : this.planOf(id);
    return apiKey?.enabled && plan && !plan.detached ? { apiKey, plan } : undefined;
  }

  /** Keys in the order of their creation. */
  list(): RegisteredKey[] {
    return [...this.#keys.values()];
  }

  get(keyId: string): RegisteredKey | undefined {
    return this.#keys.get(keyId);
  }

  planOf(keyId: string): StagePlan | undefined {
    const id = this.#planIdByKey.get(keyId);
    return id === undefined ? undefined : this.plan(id);
  }

  /** The template's plans, then those that the control plane created, in the order of their creation. */
  plans(): readonly StagePlan[] {
    return [...this.#plansOfTemplate, ...this.#madePlans.values()];
  }

  plan(id: string): StagePlan | undefined {
    return this.plans().find((plan) => plan.id === id);
  }

  /** Whether a plan is the template's, which only a deployment changes. */
  isOfTemplate({ id }: StagePlan): boolean {
    return this.#plansOfTemplate.some((plan) => plan.id === id);
  }

  createPlan(plan: Omit<StagePlan, 'id'>): StagePlan {
    const made = { ...plan, id: token(idAlphabet, 6) };
    this.#madePlans.set(made.id, made);
    this.#write();
    return made;
  }

  updatePlan(plan: StagePlan): void {
    this.#madePlans.set(plan.id, plan);
    this.#write();
  }

  /** Its keys stay, without a plan. */
  deletePlan({ id }: StagePlan): void {
    this.#madePlans.delete(id);
    for (const [keyId, planId] of this.#planIdByKey) {
      if (planId === id) this.leave({ id: keyId });
    }
    this.#write();
  }

  /** Creates a key with an id and a value like API Gateway's. */
  create(key: NewKey, createdAt: number): RegisteredKey {
    const made = { ...key, id: token(idAlphabet, 10), value: token(valueAlphabet, 40) };
    const registered = this.#add({ ...made, createdAt, changedAt: createdAt });
    this.#keep(registered.id);
    return registered;
  }

  update(key: RegisteredKey, changes: Partial<NewKey>, changedAt: number): RegisteredKey {
    const changed = { ...key, ...changes, changedAt };
    this.#keys.set(key.id, changed);
    this.#keep(key.id);
    return changed;
  }

  delete({ id }: RegisteredKey): void {
    this.#remove(id);
    this.#keep(id);
  }

  /** Adds a key without a plan to one. */
  join(plan: StagePlan, { id }: RegisteredKey): void {
    this.#planIdByKey.set(id, plan.id);
    this.#keep(id);
  }

  /** Removes a key from its plan. */
  leave({ id }: Pick<RegisteredKey, 'id'>): void {
    this.#planIdByKey.delete(id);
    this.#keep(id);
  }

  #add(key: Omit<RegisteredKey, 'sequence'>): RegisteredKey {
    this.#sequence += 1;
    return this.#put({ ...key, sequence: this.#sequence });
  }

  #put(key: RegisteredKey): RegisteredKey {
    this.#keys.set(key.id, key);
    this.#idByValue.set(key.value, key.id);
    return key;
  }

  #remove(id: string): void {
    const key = this.#keys.get(id);
    if (key) this.#idByValue.delete(key.value);
    this.#keys.delete(id);
    this.#planIdByKey.delete(id);
  }

  /** If the template no longer has the plan, the key has none. */
  #restore(key: Omit<RegisteredKey, 'sequence'>, planId: string | undefined): void {
    const present = this.#keys.get(key.id);
    if (present) this.#put({ ...key, sequence: present.sequence });
    else this.#add(key);
    const plan = planId === undefined ? undefined : this.plan(planId);
    if (plan) this.#planIdByKey.set(key.id, plan.id);
    else this.#planIdByKey.delete(key.id);
    this.#changed.add(key.id);
  }

  #keep(changedId: string): void {
    this.#changed.add(changedId);
    this.#write();
  }

  #write(): void {
    const keys = this.list().filter(({ id }) => this.#changed.has(id));
    this.#store?.write({
      keys: keys.map(({ sequence: _sequence, ...key }) => ({ ...key, plan: this.planOf(key.id)?.id })),
      deleted: this.#ofTemplate.filter((id) => !this.#keys.has(id)),
      plans: [...this.#madePlans.values()],
    });
  }
}

function token(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
