import { setTimeout } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
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
  keysFrom,
  keysOf,
} from '@org/table';
import { AdminError } from './admin-error.ts';
import { concurrently } from './concurrently.ts';

/** The most items that one BatchGetItem takes. */
const batchSize = 100;

/** How often items that a throttled table left out are requested again. */
const batchAttempts = 8;

/** How often a transaction is tried again that met another one on the same item. */
const transactionAttempts = 8;

/** A write to one item, and the condition on it. */
export type Write = { readonly key: ItemKey; readonly condition?: Condition | undefined } & (
  | { readonly kind: 'put' | 'update'; readonly attributes: Attributes }
  | { readonly kind: 'delete' }
  /** Writes nothing: the condition decides about the other writes. */
  | { readonly kind: 'check' }
);

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
  query(pk: string, prefix = ''): Promise<Item[]> {
    return this.#query(keysOf(pk, prefix));
  }

  /** Every item of a partition from a sort key on, in the order of the sort keys. */
  queryFrom(pk: string, first: string): Promise<Item[]> {
    return this.#query(keysFrom(pk, first));
  }

  async #query(keys: ReturnType<typeof keysOf>): Promise<Item[]> {
    const pages = paginateQuery(
      { client: this.#client },
      { TableName: this.#name, ConsistentRead: true, ...keys },
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

  /**
   * Makes all writes or none.
   *
   * @returns Whether every condition held, so that it was done.
   */
  async transact(writes: readonly Write[]): Promise<boolean> {
    const command = new TransactWriteItemsCommand({
      TransactItems: writes.map((write) => this.#item(write)),
    });
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#client.send(command);
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = error.CancellationReasons?.map(({ Code }) => Code) ?? [];
        if (codes.includes('ConditionalCheckFailed')) return false;
        if (!codes.includes('TransactionConflict') || attempt === transactionAttempts) throw error;
        await setTimeout(25 * 2 ** attempt * Math.random());
      }
    }
  }

  #item(write: Write): TransactWriteItem {
    const { key, condition } = write;
    const expression = on(condition);
    const TableName = this.#name;
    switch (write.kind) {
      case 'put': {
        const Item = { ...keyAttributes(key), ...attributeValues(write.attributes) };
        return { Put: { TableName, Item, ...expression.input() } };
      }
      case 'update': {
        for (const [name, value] of Object.entries(write.attributes)) expression.set(name, value);
        const { UpdateExpression, ...input } = expression.input();
        return { Update: { TableName, Key: keyAttributes(key), UpdateExpression, ...input } };
      }
      case 'delete':
        return { Delete: { TableName, Key: keyAttributes(key), ...expression.input() } };
      case 'check': {
        const { ConditionExpression, ...input } = expression.input();
        return { ConditionCheck: { TableName, Key: keyAttributes(key), ConditionExpression, ...input } };
      }
    }
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
