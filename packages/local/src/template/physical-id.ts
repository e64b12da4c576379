import { createHash } from 'node:crypto';

/** `length` lower-case letters and digits (at most 49) that depend only on `parts`. */
export function deterministicToken(parts: readonly string[], length: number): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return BigInt(`0x${digest}`)
    .toString(36)
    .padStart(50, '0')
    .slice(1, length + 1);
}

/** CloudFormation's name for a resource without its own name: `Stack-LogicalId-SUFFIX`. */
export function generatedName(stackName: string, logicalId: string): string {
  return `${stackName}-${logicalId}-${deterministicToken([stackName, logicalId], 12).toUpperCase()}`;
}
