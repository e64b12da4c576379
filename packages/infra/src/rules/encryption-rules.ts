import * as z from 'zod/mini';
import type { TemplateRule } from './rule.ts';
import { type Resource, resourcesOf, textOf } from './template.ts';

const Encrypted = z.object({
  SSESpecification: z.optional(z.object({ KMSMasterKeyId: z.optional(z.unknown()) })),
  KmsKeyId: z.optional(z.unknown()),
  KmsMasterKeyId: z.optional(z.unknown()),
  BucketEncryption: z.optional(
    z.object({
      ServerSideEncryptionConfiguration: z.tuple([
        z.object({ ServerSideEncryptionByDefault: z.object({ KMSMasterKeyID: z.optional(z.unknown()) }) }),
      ]),
    }),
  ),
});

/** The types of resources that keep something, and can keep it under a key. */
const keepers = ['AWS::DynamoDB::Table', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket', 'AWS::SNS::Topic'];

/** The key that a resource is encrypted with; undefined for AWS's own. */
function keyOf({ properties }: Resource): string | undefined {
  const { SSESpecification, KmsKeyId, KmsMasterKeyId, BucketEncryption } = z.parse(Encrypted, properties);
  const ofBucket = BucketEncryption?.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault;
  const key = SSESpecification?.KMSMasterKeyId ?? KmsKeyId ?? KmsMasterKeyId ?? ofBucket?.KMSMasterKeyID;
  return key === undefined ? undefined : textOf(key);
}

const oneKeyForAll: TemplateRule = {
  name: 'one-key-for-all',
  description: 'If one of table, logs, topic and bucket is encrypted with a KMS key, all are, with the same.',
  *check(template) {
    const resources = keepers.flatMap((type) => resourcesOf(template, type));
    const [wanted] = resources.flatMap((resource) => keyOf(resource) ?? []);
    if (wanted === undefined) return;
    for (const resource of resources) {
      if (keyOf(resource) === wanted) continue;
      yield {
        resource: resource.id,
        property: 'KmsKeyId',
        message: `is not ${wanted}, which other resources have`,
      };
    }
  },
};

export const encryptionRules: readonly TemplateRule[] = [oneKeyForAll];
