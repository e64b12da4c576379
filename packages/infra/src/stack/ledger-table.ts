import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, CfnTable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { ProxyConfig } from '../config/config.ts';
import { configMetadata } from '../config/deployed-config.ts';

export interface LedgerTableProps {
  readonly config: ProxyConfig;
  /** The key that encrypts it. Default: DynamoDB's own. */
  readonly key?: IKey | undefined;
}

/** What a role does with the key of a table that it reads or writes, always through DynamoDB. */
const tableKeyActions = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/**
 * The table of what teams and keys have used: an item each and month. On demand, so it costs nothing while idle;
 * encrypted by DynamoDB's own key, which has no fee, unless the config has a key.
 *
 * It is kept when the stack is deleted or would replace it, unless the config has it destroyed, because what it says
 * is nowhere else. A new stack does not find it again: it makes another. So it has no name of its own, which would stand
 * in the way of that.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export class LedgerTable extends Construct {
  readonly table: Table;
  readonly #key: IKey | undefined;

  constructor(scope: Construct, id: string, { config, key }: LedgerTableProps) {
    super(scope, id);
    const retained = config.removalPolicy === 'retain';
    this.#key = key;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Seconds since 1970, set by the function: months long past go by themselves.
      timeToLiveAttribute: 'expires',
      removalPolicy: retained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deletionProtection: retained,
      ...(key && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key }),
    });
    const { defaultChild } = this.table.node;
    if (defaultChild instanceof CfnTable) defaultChild.addMetadata(configMetadata, config);
  }

  /**
   * What a function may do: by default read one item, and write one. None deletes, lists or reads many. DynamoDB asks for the
   * table's key in the function's name.
   *
   * @param access.partitions The partition keys of its items. `*` stands for any characters.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
   */
  statements(access: {
    readonly actions?: readonly string[];
    readonly partitions: readonly string[];
  }): PolicyStatement[] {
    const { actions = ['dynamodb:GetItem', 'dynamodb:UpdateItem'], partitions } = access;
    const onItems = new PolicyStatement({
      actions: [...actions],
      resources: [this.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...partitions] } },
    });
    if (!this.#key) return [onItems];
    const onKey = new PolicyStatement({
      actions: tableKeyActions,
      resources: [this.#key.keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.amazonaws.com` },
      },
    });
    return [onItems, onKey];
  }
}
