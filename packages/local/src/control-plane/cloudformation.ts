import type { WholeResponse } from '../http/response.ts';
import { partitionOf, pseudoParameter } from '../template/stack.ts';
import type { ControlPlaneContext, Service } from './service.ts';

/**
 * The part of CloudFormation that describes the one running stack: DescribeStacks in the Query protocol.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export const cloudFormation: Service = ({ request, origin }, context) => {
  const parameters = new URLSearchParams(request.body);
  const action = parameters.get('Action');
  if (action !== 'DescribeStacks') {
    return refuse('InvalidAction', `The local gateway has no ${action} of CloudFormation`, request.id);
  }
  const { stack } = context.api;
  const asked = parameters.get('StackName') ?? stack.name;
  if (asked !== stack.name && asked !== stackId(context)) {
    return refuse('ValidationError', `Stack with id ${asked} does not exist`, request.id);
  }
  return respond(
    200,
    element('DescribeStacksResponse', [
      element('DescribeStacksResult', [
        element('Stacks', [element('member', describeStack(context, origin))]),
      ]),
      element('ResponseMetadata', [element('RequestId', request.id)]),
    ]),
  );
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

/** The API answers at the gateway's URL, not at the URL that a deployment would have. */
function localized(value: string, { api }: ControlPlaneContext, origin: string): string {
  const { region } = api.stack;
  const suffix = partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return value.replace(`https://${api.id}.execute-api.${region}.${suffix}`, origin);
}

function refuse(code: string, message: string, requestId: string): WholeResponse {
  const error = [element('Type', 'Sender'), element('Code', code), element('Message', message)];
  return respond(400, element('ErrorResponse', [element('Error', error), element('RequestId', requestId)]));
}

function respond(status: number, { text }: Xml): WholeResponse {
  return { status, headers: [['content-type', 'text/xml']], body: text };
}

/** XML, escaped where necessary. */
interface Xml {
  readonly text: string;
}

function element(name: string, content: string | readonly Xml[]): Xml {
  const inner = typeof content === 'string' ? escaped(content) : content.map(({ text }) => text).join('');
  return { text: `<${name}>${inner}</${name}>` };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
