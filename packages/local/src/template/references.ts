import { deterministicToken, generatedName } from './physical-id.ts';
import { partitionOf, pseudoParameter, type Stack } from './stack.ts';

/** The target of a reference. */
export interface ReferenceTarget {
  readonly logicalId: string;
  readonly type: string;
  /** A resolved property, if it is a string. */
  property(name: string): string | undefined;
}

/** Properties that name a resource; without them CloudFormation makes up a name. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::DomainName': 'DomainName',
  'AWS::ApiGateway::Model': 'Name',
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
};

/** The attribute for which `Fn::GetAtt` returns the same id as `Ref`. */
const idAttributes: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::ApiKey': 'APIKeyId',
  'AWS::ApiGateway::Deployment': 'DeploymentId',
  'AWS::ApiGateway::RequestValidator': 'RequestValidatorId',
  'AWS::ApiGateway::Resource': 'ResourceId',
  'AWS::ApiGateway::RestApi': 'RestApiId',
  'AWS::ApiGateway::UsagePlan': 'Id',
};

/** The value of `Ref`: the resource's physical id, the same on every start. */
export function reference(stack: Stack, target: ReferenceTarget): string {
  const nameProperty = nameProperties[target.type];
  const name = nameProperty === undefined ? undefined : target.property(nameProperty);
  if (target.type === 'AWS::SNS::Topic') {
    return `${arnPrefix(stack, 'sns')}:${name ?? generatedName(stack.name, target.logicalId)}`;
  }
  if (name !== undefined) {
    return name;
  }
  if (target.type === 'AWS::S3::Bucket') {
    return generatedName(stack.name, target.logicalId).toLowerCase();
  }
  if (target.type.startsWith('AWS::ApiGateway::')) {
    return deterministicToken([stack.name, target.logicalId], 10);
  }
  return generatedName(stack.name, target.logicalId);
}

/** The value of `Fn::GetAtt`, or undefined if this gateway does not know it. */
export function attribute(stack: Stack, target: ReferenceTarget, name: string): string | undefined {
  if (idAttributes[target.type] === name) {
    return reference(stack, target);
  }
  if (target.type === 'AWS::Bedrock::ApplicationInferenceProfile') {
    const id = deterministicToken([stack.name, target.logicalId], 12);
    if (name === 'InferenceProfileId') return id;
    if (name === 'InferenceProfileArn') {
      return `${arnPrefix(stack, 'bedrock')}:application-inference-profile/${id}`;
    }
  }
  if (target.type === 'AWS::ApiGateway::RestApi' && name === 'RootResourceId') {
    return deterministicToken([stack.name, target.logicalId, name], 10);
  }
  if (target.type === 'AWS::ApiGateway::DomainName' && name === 'RegionalDomainName') {
    const id = deterministicToken([stack.name, target.logicalId, name], 10);
    return `d-${id}.execute-api.${stack.region}.${pseudoParameter(stack, 'AWS::URLSuffix')}`;
  }
  if (target.type === 'AWS::S3::Bucket' && name === 'RegionalDomainName') {
    return `${reference(stack, target)}.s3.${stack.region}.${pseudoParameter(stack, 'AWS::URLSuffix')}`;
  }
  return name === 'Arn' ? arn(stack, target) : undefined;
}

function arn(stack: Stack, target: ReferenceTarget): string | undefined {
  const id = reference(stack, target);
  switch (target.type) {
    case 'AWS::DynamoDB::Table':
      return `${arnPrefix(stack, 'dynamodb')}:table/${id}`;
    case 'AWS::IAM::Role':
      return `arn:${partitionOf(stack.region)}:iam::${stack.account}:role/${id}`;
    case 'AWS::Lambda::Function':
      return `${arnPrefix(stack, 'lambda')}:function:${id}`;
    case 'AWS::Logs::LogGroup':
      return `${arnPrefix(stack, 'logs')}:log-group:${id}:*`;
    default:
      return undefined;
  }
}

function arnPrefix(stack: Stack, service: string): string {
  return `arn:${partitionOf(stack.region)}:${service}:${stack.region}:${stack.account}`;
}
