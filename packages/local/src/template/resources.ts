import type { Resolver } from './resolver.ts';

/** A resource of the stack, as CloudFormation lists it. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** The types whose physical ids the commands need. */
const listed = ['AWS::CloudWatch::Alarm', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup', 'AWS::SNS::Topic'];

export function readStackResources(resolver: Resolver): StackResource[] {
  return listed.flatMap((type) =>
    resolver.idsOf(type).map((logicalId) => ({ logicalId, type, physicalId: resolver.ref(logicalId) })),
  );
}
