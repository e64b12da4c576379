import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Attributes, attributeValue } from './item.ts';

/** The parts of a command that an expression fills; a part is absent if the expression does not use it. */
interface ExpressionInput {
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** The condition on an item for a write to happen. */
export type Condition =
  /** The item does not exist yet. */
  | 'absent'
  | 'present'
  /** The item exists, and these attributes have these values; undefined: the attribute is missing. */
  | Attributes;

/**
 * A write and its condition, with the names and values that both refer to. Names and values are never written into the
 * expression itself, so no name can be a reserved word there, and no value can end it.
 *
 * @example
 * const input = new Expression().add('mt', 100).requireAtMost('mt', 900).input();
 */
export class Expression {
  readonly #names: Record<string, string> = {};
  readonly #values: Record<string, AttributeValue> = {};
  readonly #clauses = { ADD: [] as string[], SET: [] as string[], REMOVE: [] as string[] };
  readonly #conditions: string[] = [];

  /** Adds to a number; a missing number is 0. */
  add(attribute: string, amount: number): this {
    this.#clauses.ADD.push(`${this.#name(attribute)} ${this.#value(amount)}`);
    return this;
  }

  /** Sets an attribute, or removes it. */
  set(attribute: string, value: string | number | undefined): this {
    if (value === undefined) this.#clauses.REMOVE.push(this.#name(attribute));
    else this.#clauses.SET.push(`${this.#name(attribute)} = ${this.#value(value)}`);
    return this;
  }

  /** The attribute is missing or at most `most`. */
  requireAtMost(attribute: string, most: number): this {
    const name = this.#name(attribute);
    this.#conditions.push(`(attribute_not_exists(${name}) OR ${name} <= ${this.#value(most)})`);
    return this;
  }

  /** The attribute has this number. */
  requireNumber(attribute: string, number: number): this {
    this.#conditions.push(`${this.#name(attribute)} = ${this.#value(number)}`);
    return this;
  }

  require(condition: Condition): this {
    const exists = condition === 'absent' ? 'attribute_not_exists' : 'attribute_exists';
    this.#conditions.push(`${exists}(${this.#name('pk')})`);
    for (const [attribute, value] of typeof condition === 'string' ? [] : Object.entries(condition)) {
      const name = this.#name(attribute);
      this.#conditions.push(
        value === undefined ? `attribute_not_exists(${name})` : `${name} = ${this.#value(value)}`,
      );
    }
    return this;
  }

  input(): ExpressionInput {
    const update = Object.entries(this.#clauses)
      .flatMap(([verb, parts]) => (parts.length > 0 ? [`${verb} ${parts.join(', ')}`] : []))
      .join(' ');
    return {
      ...(update && { UpdateExpression: update }),
      ...(this.#conditions.length > 0 && { ConditionExpression: this.#conditions.join(' AND ') }),
      ...(Object.keys(this.#names).length > 0 && { ExpressionAttributeNames: this.#names }),
      ...(Object.keys(this.#values).length > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }

  #name(attribute: string): string {
    const name = `#${attribute}`;
    this.#names[name] = attribute;
    return name;
  }

  #value(value: string | number): string {
    const name = `:v${Object.keys(this.#values).length}`;
    this.#values[name] = attributeValue(value);
    return name;
  }
}

/** The parts of a query that choose its items. */
interface KeyCondition {
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, AttributeValue>;
}

/** The key condition of a query: a partition's items whose sort keys begin with a prefix, which may be empty. */
export function keysOf(pk: string, prefix: string): KeyCondition {
  return prefix === '' ? inPartition(pk) : inPartition(pk, 'begins_with(#sk, :sk)', prefix);
}

/** The key condition of a query: a partition's items from a sort key on, which may be empty. */
export function keysFrom(pk: string, first: string): KeyCondition {
  return first === '' ? inPartition(pk) : inPartition(pk, '#sk >= :sk', first);
}

function inPartition(pk: string, condition?: string, sk = ''): KeyCondition {
  return {
    KeyConditionExpression: condition === undefined ? '#pk = :pk' : `#pk = :pk AND ${condition}`,
    ExpressionAttributeNames: { '#pk': 'pk', ...(condition !== undefined && { '#sk': 'sk' }) },
    ExpressionAttributeValues: { ':pk': { S: pk }, ...(condition !== undefined && { ':sk': { S: sk } }) },
  };
}
