import {
  type APIGatewayClient,
  CreateApiKeyCommand,
  DeleteApiKeyCommand,
  GetApiKeyCommand,
  NotFoundException,
  paginateGetApiKeys,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import { AdminError } from '../admin-error.ts';

/** An API key that was just made: the only time that its value is shown. */
export interface MadeApiKey {
  readonly id: string;
  readonly value: string;
}

/** An API key without its value. */
export interface ListedApiKey {
  readonly id: string;
  readonly name: string | undefined;
  readonly description: string | undefined;
}

/** The API keys of an account and Region. */
export class ApiKeys {
  readonly #client: APIGatewayClient;
  readonly #tags: Readonly<Record<string, string>> | undefined;

  /** @param tags Tags of the keys that it makes. Default: none. */
  constructor(client: APIGatewayClient, tags?: Readonly<Record<string, string>>) {
    this.#client = client;
    this.#tags = tags;
  }

  /** Makes a key. It opens nothing until it is in a usage plan. */
  async create(name: string, description: string): Promise<MadeApiKey> {
    const { id, value } = await this.#client.send(
      new CreateApiKeyCommand({ name, description, enabled: true, tags: this.#tags }),
    );
    if (id === undefined || value === undefined) {
      throw new AdminError('key_has_no_value', { key: name });
    }
    return { id, value };
  }

  /** Ids of the keys of exactly this name and description. */
  async find(name: string, description: string): Promise<string[]> {
    const keys = await this.list(name);
    return keys.flatMap((key) => (key.name === name && key.description === description ? [key.id] : []));
  }

  /** All keys whose names begin so, whether or not we made them. */
  async list(prefix: string): Promise<ListedApiKey[]> {
    const keys: ListedApiKey[] = [];
    const pages = paginateGetApiKeys({ client: this.#client, pageSize: 500 }, { nameQuery: prefix });
    for await (const { items = [] } of pages) {
      for (const { id, name, description } of items) {
        if (id !== undefined) keys.push({ id, name, description });
      }
    }
    return keys;
  }

  /** The value of a key, which opens the API to anyone who reads it, and whether API Gateway takes it. */
  async read(id: string): Promise<{ readonly value: string; readonly enabled: boolean }> {
    const command = new GetApiKeyCommand({ apiKey: id, includeValue: true });
    const { value, enabled = false } = await this.#client.send(command);
    if (value === undefined) throw new AdminError('key_has_no_value', { key: id });
    return { value, enabled };
  }

  /** Undefined if there is no such key. */
  async isEnabled(id: string): Promise<boolean | undefined> {
    const key = await unlessMissing(this.#client.send(new GetApiKeyCommand({ apiKey: id })));
    return key && key.enabled === true;
  }

  /** Refuses a key from now on, as soon as API Gateway has spread the change. Does nothing for a key that is gone. */
  disable(id: string): Promise<void> {
    return this.#setEnabled(id, false);
  }

  /** Lets a key in again. Does nothing for a key that is gone. */
  enable(id: string): Promise<void> {
    return this.#setEnabled(id, true);
  }

  async #setEnabled(id: string, enabled: boolean): Promise<void> {
    const patchOperations = [{ op: 'replace' as const, path: '/enabled', value: String(enabled) }];
    await unlessMissing(this.#client.send(new UpdateApiKeyCommand({ apiKey: id, patchOperations })));
  }

  /** Does nothing for a key that is gone. */
  async delete(id: string): Promise<void> {
    await unlessMissing(this.#client.send(new DeleteApiKeyCommand({ apiKey: id })));
  }
}

/** Undefined if the thing that a call is about does not exist. */
export async function unlessMissing<Value>(call: Promise<Value>): Promise<Value | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
