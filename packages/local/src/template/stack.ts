/** A stack's deployment target, as the pseudo parameters give it. */
export interface Stack {
  readonly name: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

/** The Region's partition, as in `arn:{partition}:...`. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) {
    return 'aws-cn';
  }
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/**
 * The value of `Ref` for `AWS::...`, or undefined for an unknown name.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
 */
export function pseudoParameter(stack: Stack, name: string): string | undefined {
  const partition = partitionOf(stack.region);
  switch (name) {
    case 'AWS::AccountId':
      return stack.account;
    case 'AWS::Region':
      return stack.region;
    case 'AWS::Partition':
      return partition;
    case 'AWS::URLSuffix':
      return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    case 'AWS::StackName':
      return stack.name;
    case 'AWS::StackId':
      return `arn:${partition}:cloudformation:${stack.region}:${stack.account}:stack/${stack.name}/local`;
    default:
      return undefined;
  }
}
