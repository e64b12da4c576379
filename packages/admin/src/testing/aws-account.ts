import { type AwsAnswers, xmlFailure } from './aws-server.ts';

const callerIdentity = {
  body: `<GetCallerIdentityResponse><GetCallerIdentityResult>
    <Arn>arn:aws:iam::111122223333:user/operator</Arn><UserId>AIDA</UserId><Account>111122223333</Account>
  </GetCallerIdentityResult></GetCallerIdentityResponse>`,
};

/** The account is made ready for the CDK, under a qualifier. */
export const bootstrapped = (version: number, qualifier = 'hnb659fds'): AwsAnswers => ({
  [`GetParameter /cdk-bootstrap/${qualifier}/version`]: { body: { Parameter: { Value: String(version) } } },
});

/** The account is not ready for the CDK. */
export const notBootstrapped: AwsAnswers = {
  'GetParameter /cdk-bootstrap/hnb659fds/version': {
    status: 400,
    exception: 'ParameterNotFound',
    body: {},
  },
};

export const apiGatewayAccount = (cloudwatchRoleArn?: string) => ({
  body: { cloudwatchRoleArn, throttleSettings: { rateLimit: 10_000, burstLimit: 5000 } },
});

export const lambdaAccount = (total: number, unreserved = total) => ({
  body: { AccountLimit: { ConcurrentExecutions: total, UnreservedConcurrentExecutions: unreserved } },
});

export const lifecycle = (status: 'ACTIVE' | 'LEGACY', endOfLifeTime?: string) => ({
  body: { modelDetails: { modelId: 'm', modelArn: 'arn', modelLifecycle: { status, endOfLifeTime } } },
});

export const availability = (differing: object = {}) => ({
  body: {
    modelId: 'm',
    agreementAvailability: { status: 'AVAILABLE' },
    authorizationStatus: 'AUTHORIZED',
    entitlementAvailability: 'AVAILABLE',
    regionAvailability: 'AVAILABLE',
    ...differing,
  },
});

export const micro = 'amazon.nova-micro-v1:0';
export const maverick = 'meta.llama4-maverick-17b-instruct-v1:0';
const healthyModels: AwsAnswers = Object.fromEntries(
  [micro, maverick, 'amazon.nova-lite-v1:0', 'amazon.nova-pro-v1:0', 'amazon.titan-embed-text-v2:0'].flatMap(
    (id) => [
      [`/foundation-models/${id}`, lifecycle('ACTIVE')],
      [`/foundation-model-availability/${id}`, availability()],
    ],
  ),
);
export const notFound = (message: string) => ({
  status: 404,
  exception: 'ResourceNotFoundException',
  body: { message },
});
const noStack = xmlFailure('ValidationError', 'Stack with id bedrock-proxy-dev does not exist');

/** A model that a config defines itself, without a known price. */
export const ownModel = {
  alias: 'own',
  modelId: 'example.own-v1:0',
  upstream: 'converse',
  capabilities: [],
  maxOutputTokens: 10,
  lifecycle: { status: 'active' },
};

/** An account that the shipped config can be deployed to. */
export const healthyAccount: AwsAnswers = {
  ...healthyModels,
  GetCallerIdentity: callerIdentity,
  ...bootstrapped(28),
  'DescribeStacks bedrock-proxy-dev': noStack,
  ListStackResources: noStack,
  // The table is empty.
  Query: { body: { Items: [] } },
  BatchGetItem: { body: { Responses: {} } },
  '/usageplans': { body: { item: [] } },
  '/account': apiGatewayAccount('arn:aws:iam::111122223333:role/log'),
  '/2016-08-19/account-settings': lambdaAccount(1000),
  [`/inference-profiles/us.${maverick}`]: {
    body: {
      inferenceProfileName: 'US Llama 4 Maverick',
      inferenceProfileArn: 'arn',
      models: [],
      inferenceProfileId: `us.${maverick}`,
      status: 'ACTIVE',
      type: 'SYSTEM_DEFINED',
    },
  },
};
