import { setTimeout } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { AdminError } from './admin-error.ts';
import { concurrently } from './concurrently.ts';

/** Attributes of an item by name. Numbers are whole. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export type Item = Readonly<Record<string, AttributeValue>>;

/** What must hold of an item for a write to happen. */
export type Condition =
  /** There is none yet. */
  | 'absent'
  | 'present'
  /** These attributes have these values; undefined: there is no such attribute. */
  | Attributes;

/** The most items that one BatchGetItem takes. */
const batchSize = 100;

/** How often what a throttled table left out is asked for again. */
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

  /** Items in the order of their keys; undefined for those that are not there. */
  async getAll(keys: readonly ItemKey[]): Promise<(Item | undefined)[]> {
    const batches = Array.from({ length: Math.ceil(keys.length / batchSize) }, (_, index) =>
      keys.slice(index * batchSize, (index + 1) * batchSize),
    );
    const items = new Map<string, Item>();
    await concurrently(batches, async (batch) => {
      for (const item of await this.#getBatch(batch)) {
        items.set(`${item['pk']?.S}\n${item['sk']?.S}`, item);
      }
    });
    return keys.map(({ pk, sk }) => items.get(`${pk}\n${sk}`));
  }

  /** Every item of a partition whose sort key begins with a prefix, in the order of the sort keys. */
  async query(pk: string, prefix = ''): Promise<Item[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#name,
        ConsistentRead: true,
        KeyConditionExpression: prefix === '' ? '#pk = :pk' : '#pk = :pk AND begins_with(#sk, :prefix)',
        ExpressionAttributeNames: { '#pk': 'pk', ...(prefix === '' ? {} : { '#sk': 'sk' }) },
        ExpressionAttributeValues: {
          ':pk': { S: pk },
          ...(prefix === '' ? {} : { ':prefix': { S: prefix } }),
        },
      },
    );
    const items: Item[] = [];
    for await (const { Items: page = [] } of pages) items.push(...page);
    return items;
  }

  /** @returns Whether the condition held, so that the item was written. */
  put({ pk, sk }: ItemKey, attributes: Attributes, condition?: Condition): Promise<boolean> {
    const expression = new ConditionExpression(condition);
    return met(
      this.#client.send(
        new PutItemCommand({
          TableName: this.#name,
          Item: { pk: { S: pk }, sk: { S: sk }, ...attributeValues(attributes) },
          ...expression.input(),
        }),
      ),
    );
  }

  /**
   * Sets attributes, and removes those that are undefined.
   *
   * @returns Whether the condition held, so that it was done.
   */
  update({ pk, sk }: ItemKey, attributes: Attributes, condition: Condition): Promise<boolean> {
    const expression = new ConditionExpression(condition);
    const set: string[] = [];
    const remove: string[] = [];
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined) remove.push(expression.name(name));
      else set.push(`${expression.name(name)} = ${expression.value(value)}`);
    }
    const clauses = [
      ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
      ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
    ];
    return met(
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.#name,
          Key: { pk: { S: pk }, sk: { S: sk } },
          UpdateExpression: clauses.join(' '),
          ...expression.input(),
        }),
      ),
    );
  }

  /** @returns Whether the condition held, so that nothing is there now. */
  delete({ pk, sk }: ItemKey, condition?: Condition): Promise<boolean> {
    const expression = new ConditionExpression(condition);
    return met(
      this.#client.send(
        new DeleteItemCommand({
          TableName: this.#name,
          Key: { pk: { S: pk }, sk: { S: sk } },
          ...expression.input(),
        }),
      ),
    );
  }

  async #getBatch(keys: readonly ItemKey[]): Promise<Item[]> {
    const items: Item[] = [];
    let left: Item[] = keys.map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
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

/** A condition with the names and values that it, and an update beside it, refers to. */
class ConditionExpression {
  readonly #names: Record<string, string> = {};
  readonly #values: Record<string, AttributeValue> = {};
  readonly #text: string;

  constructor(condition: Condition | undefined) {
    this.#text = this.#write(condition);
  }

  name(attribute: string): string {
    const name = `#${attribute}`;
    this.#names[name] = attribute;
    return name;
  }

  value(value: string | number): string {
    const name = `:v${Object.keys(this.#values).length}`;
    this.#values[name] = attributeValue(value);
    return name;
  }

  input() {
    return {
      ...(this.#text === '' ? {} : { ConditionExpression: this.#text }),
      ...(Object.keys(this.#names).length > 0 ? { ExpressionAttributeNames: this.#names } : {}),
      ...(Object.keys(this.#values).length > 0 ? { ExpressionAttributeValues: this.#values } : {}),
    };
  }

  #write(condition: Condition | undefined): string {
    if (condition === undefined) return '';
    if (condition === 'absent') return `attribute_not_exists(${this.name('pk')})`;
    if (condition === 'present') return `attribute_exists(${this.name('pk')})`;
    return [
      `attribute_exists(${this.name('pk')})`,
      ...Object.entries(condition).map(([name, value]) =>
        value === undefined
          ? `attribute_not_exists(${this.name(name)})`
          : `${this.name(name)} = ${this.value(value)}`,
      ),
    ].join(' AND ');
  }
}

function attributeValue(value: string | number): AttributeValue {
  return typeof value === 'number' ? { N: String(value) } : { S: value };
}

function attributeValues(attributes: Attributes): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, attributeValue(value)]],
    ),
  );
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
