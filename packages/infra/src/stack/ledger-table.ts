import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ProxyConfig } from '../config/config.ts';

/**
 * The table of what teams and keys have used: an item each and month. On demand, so it costs nothing while idle;
 * encrypted by DynamoDB's own key, which has no fee.
 *
 * It is kept when the stack is deleted or would replace it, unless the config has it destroyed, because what it says
 * is nowhere else. A new stack does not find it again: it makes another. So it has no name of its own, which would stand
 * in the way of that.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export class LedgerTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy }: ProxyConfig) {
    super(scope, id);
    const retained = removalPolicy === 'retain';
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Seconds since 1970, set by the function: months long past go by themselves.
      timeToLiveAttribute: 'expires',
      removalPolicy: retained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deletionProtection: retained,
    });
  }

  /**
   * What a function may do: by default read one item, and write one. None deletes, lists or reads many.
   *
   * @param access.prefixes What the partition keys of its items begin with.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
   */
  statement(access: {
    readonly actions?: readonly string[];
    readonly prefixes: readonly string[];
  }): PolicyStatement {
    const { actions = ['dynamodb:GetItem', 'dynamodb:UpdateItem'], prefixes } = access;
    const leadingKeys = prefixes.map((prefix) => `${prefix}*`);
    return new PolicyStatement({
      actions: [...actions],
      resources: [this.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': leadingKeys } },
    });
  }
}
