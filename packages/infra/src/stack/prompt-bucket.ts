import { promptPrefix } from '@org/lambda/prompt-prefix';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface PromptBucketProps {
  /** Days until S3 deletes an object. */
  readonly retentionDays: number;
  /** The key that encrypts it. Default: S3's own. */
  readonly key?: IKey | undefined;
}

/**
 * The bucket of prompts and answers. Only the account can read it, and only with TLS. It has no versions, so
 * what is deleted is gone.
 *
 * It stays when the stack is deleted or `promptLog` is removed, because CloudFormation deletes only an empty bucket. It
 * still deletes each object in time.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
export class PromptBucket extends Construct {
  readonly bucket: Bucket;
  readonly #key: IKey | undefined;

  constructor(scope: Construct, id: string, { retentionDays, key }: PromptBucketProps) {
    super(scope, id);
    this.#key = key;
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      lifecycleRules: [{ id: 'Retention', expiration: Duration.days(retentionDays) }],
      removalPolicy: RemovalPolicy.RETAIN,
      // With a bucket key, S3 asks KMS once for many objects.
      ...(key
        ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
    });
    // Its policy stays with it.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  /**
   * What the function may do: write an object, and never read, list or delete one.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
   */
  statements(): PolicyStatement[] {
    const write = new PolicyStatement({
      actions: ['s3:PutObject'],
      resources: [this.bucket.arnForObjects(`${promptPrefix}*`)],
    });
    if (!this.#key) return [write];
    const encrypt = new PolicyStatement({
      actions: ['kms:GenerateDataKey'],
      resources: [this.#key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Stack.of(this).region}.amazonaws.com` } },
    });
    return [write, encrypt];
  }
}
