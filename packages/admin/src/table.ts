import { setTimeout } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type Attributes,
  attributeValues,
  type Condition,
  Expression,
  type Item,
  type ItemKey,
  keyAttributes,
  keysOf,
} from '@org/table';
import { AdminError } from './admin-error.ts';
import { concurrently } from './concurrently.ts';

/** The most items that one BatchGetItem takes. */
const batchSize = 100;

/** How often items that a throttled table left out are requested again. */
const batchAttempts = 8;

/** The table of the deployment, as far as the commands use it: small items, read consistently. */
export class Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async get(key: ItemKey): Promise<Item | undefined> {
    const [item] = await this.getAll([key]);
    return item;
  }

  /** Items in the order of their keys; undefined for missing ones. */
  async getAll(keys: readonly ItemKey[]): Promise<(Item | undefined)[]> {
    // A request may not name an item twice.
    const distinct = [...new Map(keys.map((key) => [placeOf(key), key])).values()];
    const batches = Array.from({ length: Math.ceil(distinct.length / batchSize) }, (_, index) =>
      distinct.slice(index * batchSize, (index + 1) * batchSize),
    );
    const items = new Map<string, Item>();
    await concurrently(batches, async (batch) => {
      for (const item of await this.#getBatch(batch)) {
        items.set(placeOf({ pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' }), item);
      }
    });
    return keys.map((key) => items.get(placeOf(key)));
  }

  /** Every item of a partition whose sort key begins with a prefix, in the order of the sort keys. */
  async query(pk: string, prefix = ''): Promise<Item[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#name,
        ConsistentRead: true,
        ...keysOf(pk, prefix),
      },
    );
    const items: Item[] = [];
    for await (const { Items: page = [] } of pages) items.push(...page);
    return items;
  }

  /** @returns Whether the condition held, so that the item was written. */
  put(key: ItemKey, attributes: Attributes, condition?: Condition): Promise<boolean> {
    return met(
      this.#client.send(
        new PutItemCommand({
          TableName: this.#name,
          Item: { ...keyAttributes(key), ...attributeValues(attributes) },
          ...on(condition).input(),
        }),
      ),
    );
  }

  /**
   * Sets attributes, and removes those that are undefined.
   *
   * @returns Whether the condition held, so that it was done.
   */
  update(key: ItemKey, attributes: Attributes, condition: Condition): Promise<boolean> {
    const expression = on(condition);
    for (const [name, value] of Object.entries(attributes)) expression.set(name, value);
    return met(
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.#name,
          Key: keyAttributes(key),
          ...expression.input(),
        }),
      ),
    );
  }

  /** @returns Whether the condition held, so that there is no item now. */
  delete(key: ItemKey, condition?: Condition): Promise<boolean> {
    return met(
      this.#client.send(
        new DeleteItemCommand({
          TableName: this.#name,
          Key: keyAttributes(key),
          ...on(condition).input(),
        }),
      ),
    );
  }

  async #getBatch(keys: readonly ItemKey[]): Promise<Item[]> {
    const items: Item[] = [];
    let left = keys.map(keyAttributes);
    for (let attempt = 1; left.length > 0; attempt += 1) {
      if (attempt > batchAttempts) {
        throw new AdminError('table_is_overloaded', { table: this.#name });
      }
      const { Responses: found, UnprocessedKeys: unprocessed } = await this.#client.send(
        new BatchGetItemCommand({ RequestItems: { [this.#name]: { Keys: left, ConsistentRead: true } } }),
      );
      items.push(...(found?.[this.#name] ?? []));
      left = unprocessed?.[this.#name]?.Keys ?? [];
      if (left.length > 0) await setTimeout(25 * 2 ** attempt);
    }
    return items;
  }
}

function placeOf({ pk, sk }: ItemKey): string {
  return JSON.stringify([pk, sk]);
}

function on(condition: Condition | undefined): Expression {
  const expression = new Expression();
  return condition === undefined ? expression : expression.require(condition);
}

async function met(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
