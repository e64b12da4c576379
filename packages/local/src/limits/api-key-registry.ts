import { randomInt } from 'node:crypto';
import type { Api } from '../template/api.ts';
import type { ApiKey, UsagePlan } from '../template/usage-plans.ts';

/** An API key as the control plane knows it. */
export interface RegisteredKey extends ApiKey {
  /** Counts up, so that keys have an order. */
  readonly sequence: number;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly changedAt: number;
}

/** An enabled key, with the one plan of this stage that it is in. */
export interface Caller {
  readonly apiKey: ApiKey;
  readonly plan: UsagePlan;
}

/** What there is to say about a new key. */
export type NewKey = Pick<ApiKey, 'name' | 'description' | 'enabled'>;

const idAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const valueAlphabet = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${idAlphabet}`;

/**
 * The API keys that there are, and the usage plans that they are in: those of the template, and what the control plane
 * makes of them. What changes holds for the next request.
 */
export class ApiKeyRegistry {
  readonly plans: readonly UsagePlan[];
  readonly #keys = new Map<string, RegisteredKey>();
  readonly #idByValue = new Map<string, string>();
  /** All plans here cover the same stage, and of those a key can be in one. */
  readonly #planByKey = new Map<string, UsagePlan>();
  #sequence = 0;

  constructor({ apiKeys, usagePlans }: Pick<Api, 'apiKeys' | 'usagePlans'>, createdAt: number) {
    this.plans = usagePlans;
    for (const key of apiKeys) this.#add(key, createdAt);
    for (const plan of usagePlans) {
      for (const keyId of plan.keys) this.#planByKey.set(keyId, plan);
    }
  }

  /** Who sends this key; undefined for a key that is missing, unknown, disabled, or in no plan of this stage. */
  identify(value: string | undefined): Caller | undefined {
    const id = value === undefined ? undefined : this.#idByValue.get(value);
    const apiKey = id === undefined ? undefined : this.#keys.get(id);
    const plan = id === undefined ? undefined : this.#planByKey.get(id);
    return apiKey?.enabled && plan ? { apiKey, plan } : undefined;
  }

  /** Keys in the order in which they were made. */
  list(): RegisteredKey[] {
    return [...this.#keys.values()];
  }

  get(keyId: string): RegisteredKey | undefined {
    return this.#keys.get(keyId);
  }

  planOf(keyId: string): UsagePlan | undefined {
    return this.#planByKey.get(keyId);
  }

  /** Makes a key with an id and a value that API Gateway would make up. */
  create(key: NewKey, createdAt: number): RegisteredKey {
    return this.#add({ ...key, id: token(idAlphabet, 10), value: token(valueAlphabet, 40) }, createdAt);
  }

  update(key: RegisteredKey, changes: Partial<NewKey>, changedAt: number): RegisteredKey {
    const changed = { ...key, ...changes, changedAt };
    this.#keys.set(key.id, changed);
    return changed;
  }

  delete({ id, value }: RegisteredKey): void {
    this.#keys.delete(id);
    this.#idByValue.delete(value);
    this.#planByKey.delete(id);
  }

  /** Puts a key that is in no plan into one. */
  join(plan: UsagePlan, { id }: RegisteredKey): void {
    this.#planByKey.set(id, plan);
  }

  /** Takes a key out of its plan. */
  leave({ id }: RegisteredKey): void {
    this.#planByKey.delete(id);
  }

  #add(key: ApiKey, createdAt: number): RegisteredKey {
    this.#sequence += 1;
    const registered = { ...key, sequence: this.#sequence, createdAt, changedAt: createdAt };
    this.#keys.set(key.id, registered);
    this.#idByValue.set(key.value, key.id);
    return registered;
  }
}

function token(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
