import { pseudoParameter } from '../template/stack.ts';
import { answerQuery, element, refuseQuery, type Xml } from './query-protocol.ts';
import type { ControlPlaneContext, Service } from './service.ts';

/**
 * The part of CloudFormation that describes the one running stack: DescribeStacks and ListStackResources in the Query protocol.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export const cloudFormation: Service = ({ request, origin }, context) => {
  const parameters = new URLSearchParams(request.body);
  const action = parameters.get('Action') ?? '';
  const describe = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!describe) {
    return refuseQuery('InvalidAction', `The local gateway has no ${action} of CloudFormation`, request.id);
  }
  const { stack } = context.api;
  const asked = parameters.get('StackName') ?? stack.name;
  if (asked !== stack.name && asked !== stackId(context)) {
    return refuseQuery('ValidationError', `Stack with id ${asked} does not exist`, request.id);
  }
  return answerQuery(action, describe(context, origin), request.id);
};

const actions: Readonly<Record<string, (context: ControlPlaneContext, origin: string) => Xml[]>> = {
  DescribeStacks: (context, origin) => [
    element('Stacks', [element('member', describeStack(context, origin))]),
  ],
  ListStackResources: ({ api: { resources } }) => [
    element(
      'StackResourceSummaries',
      resources.map(({ logicalId, type, physicalId }) =>
        element('member', [
          element('LogicalResourceId', logicalId),
          element('PhysicalResourceId', physicalId),
          element('ResourceType', type),
          element('ResourceStatus', 'CREATE_COMPLETE'),
        ]),
      ),
    ),
  ],
};

function describeStack(context: ControlPlaneContext, origin: string): Xml[] {
  const { stack, outputs } = context.api;
  return [
    element('StackId', stackId(context)),
    element('StackName', stack.name),
    element('StackStatus', 'CREATE_COMPLETE'),
    element('CreationTime', new Date(0).toISOString()),
    element(
      'Outputs',
      outputs.map(({ key, value, description }) =>
        element('member', [
          element('OutputKey', key),
          element('OutputValue', localized(value, context, origin)),
          ...(description === undefined ? [] : [element('Description', description)]),
        ]),
      ),
    ),
  ];
}

function stackId({ api: { stack } }: ControlPlaneContext): string {
  return pseudoParameter(stack, 'AWS::StackId') ?? stack.name;
}

/** The API answers at the gateway's URL, not at the URLs that a deployment would have. */
function localized(value: string, { api }: ControlPlaneContext, origin: string): string {
  const { id, stack, stage, domain } = api;
  const suffix = RegExp.escape(`.execute-api.${stack.region}.${pseudoParameter(stack, 'AWS::URLSuffix')}`);
  const own = value.replace(new RegExp(`^https://${id}(?:-vpce-[0-9a-f]+)?${suffix}`), origin);
  if (domain === undefined) return own;
  const prefix = domain.basePath === undefined ? '' : `/${domain.basePath}`;
  return own.replace(`https://${domain.name}${prefix}/`, `${origin}/${stage.name}/`);
}
