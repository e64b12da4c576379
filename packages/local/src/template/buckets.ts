import type { Resolver } from './resolver.ts';

/** An S3 bucket as deployed, as far as those who write to it can notice. */
export interface BucketDefinition {
  readonly name: string;
  /** Host name by which requests address it. */
  readonly host: string;
}

export function readBuckets(resolver: Resolver): BucketDefinition[] {
  return resolver.idsOf('AWS::S3::Bucket').map((logicalId) => ({
    name: resolver.ref(logicalId),
    host: resolver.getAtt(logicalId, 'RegionalDomainName'),
  }));
}
