import { ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { ProxyConfig } from '../config/config.ts';
import { configMetadata } from '../config/deployed-config.ts';
import { tlsPolicies } from '../config/network.ts';
import {
  accountManagesKey,
  alarmsMayPublish,
  alarmsUseKey,
  everyoneMayCall,
  functionsMay,
  functionsMayAssume,
  logsUseKey,
  othersMayNotCall,
  overTlsOnly,
  policy,
  readOverTlsOnly,
} from './allowed-policies.ts';
import {
  above0,
  api,
  arn,
  array,
  domainName,
  flag,
  json,
  kmsKey,
  literal,
  number,
  oneOf,
  only,
  optional,
  ref,
  string,
  tags,
  text,
  textLike,
} from './template-values.ts';

/** The allowed resources of one type. */
export interface Allowed {
  /** The allowed number. Default: any number. */
  readonly most?: number;
  /** Schemas of its properties. It may have no others. */
  readonly properties: z.ZodMiniType;
  /** What happens to it when the stack is deleted. Default: the template does not say. */
  readonly whenDeleted?: readonly ['Delete' | 'Retain', ...('Delete' | 'Retain')[]];
}

const tls = {
  SecurityPolicy: optional(oneOf(tlsPolicies, 'is a policy that takes old versions of TLS, or none of AWS')),
  EndpointAccessMode: optional(literal('STRICT')),
};
const endpoint = <Type extends string>(...types: [Type, ...Type[]]) => ({
  Types: z.tuple([oneOf(types)]),
  IpAddressType: optional(literal('dualstack')),
});

// Methods: a call has a key and runs a function; a preflight, which cannot have a key, runs nothing.

const call = only({
  ...api,
  ResourceId: ref,
  HttpMethod: oneOf(['GET', 'POST']),
  ApiKeyRequired: literal(true, 'lets anyone call it; set it to true'),
  AuthorizationType: oneOf(['NONE', 'CUSTOM']),
  AuthorizerId: optional(ref),
  RequestModels: optional(json(ref)),
  RequestValidatorId: optional(ref),
  Integration: only({
    Type: literal('AWS_PROXY'),
    IntegrationHttpMethod: literal('POST'),
    ResponseTransferMode: literal('STREAM'),
    TimeoutInMillis: number,
    Uri: text,
  }),
});

const corsHeader = (name: string) => `method.response.header.${name}`;
const corsHeaders = <Value extends z.ZodMiniType>(origin: Value, value: Value) =>
  only({
    [corsHeader('Access-Control-Allow-Origin')]: origin,
    ...Object.fromEntries(
      ['Access-Control-Allow-Headers', 'Access-Control-Allow-Methods', 'Access-Control-Max-Age', 'Vary'].map(
        (name) => [corsHeader(name), value],
      ),
    ),
  });
const oneOrigin = string.check(
  z.regex(/^'https?:\/\/[^'*]+'$/, 'lets pages of every origin call; name one origin'),
);
const preflight = only({
  ...api,
  ResourceId: ref,
  HttpMethod: literal('OPTIONS'),
  ApiKeyRequired: literal(false),
  AuthorizationType: literal('NONE'),
  Integration: only({
    Type: literal('MOCK'),
    RequestTemplates: json(literal('{ statusCode: 200 }')),
    IntegrationResponses: array(
      only({
        StatusCode: literal('204'),
        ResponseParameters: corsHeaders(oneOrigin, string),
        // If there are several origins, it answers with the caller's.
        ResponseTemplates: optional(json(string)),
      }),
    ),
  }),
  MethodResponses: array(only({ StatusCode: literal('204'), ResponseParameters: corsHeaders(flag, flag) })),
});

// AWS WAF

const visibility = {
  VisibilityConfig: only({
    CloudWatchMetricsEnabled: flag,
    MetricName: string,
    SampledRequestsEnabled: literal(
      false,
      'keeps samples of requests, and so values of keys; set it to false',
    ),
  }),
};
const rateRule = only({
  Name: string,
  Priority: number,
  Statement: only({
    RateBasedStatement: only({ AggregateKeyType: literal('IP'), Limit: number, EvaluationWindowSec: number }),
  }),
  Action: only({
    Block: only({
      CustomResponse: only({
        ResponseCode: literal(429),
        CustomResponseBodyKey: string,
        ResponseHeaders: array(only({ Name: string, Value: string })),
      }),
    }),
  }),
  ...visibility,
});
const commonRules = only({
  Name: string,
  Priority: number,
  Statement: only({
    ManagedRuleGroupStatement: only({
      VendorName: literal('AWS'),
      Name: literal('AWSManagedRulesCommonRuleSet'),
      RuleActionOverrides: array(only({ Name: string, ActionToUse: only({ Count: only({}) }) })),
    }),
  }),
  OverrideAction: only({ None: only({}) }),
  ...visibility,
});

/** Of the receivers of some teams. */
const ofTeams = optional(only({ team: array(string) }));

/** Each value is a variable of API Gateway, and never the value of a key. */
const accessLogFormat = string.check(
  z.refine(
    (format) => !/\$context\.identity\.apiKey(?!Id)/.test(format),
    'logs the values of keys; log $context.identity.apiKeyId',
  ),
);
const gatewayHeader = (name: string) => `gatewayresponse.header.${name}`;
const retentionDays = Object.values(RetentionDays).filter(
  (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

/** Every type of resource that a deployment may have. Other types are not deployed. */
export const allowedResources: Readonly<Record<string, Allowed>> = {
  'AWS::ApiGateway::ApiKey': {
    // No value, because many may read the template: API Gateway makes it.
    properties: only({ Name: string, Description: string, Enabled: flag, ...tags }),
  },
  'AWS::ApiGateway::Authorizer': {
    most: 1,
    properties: only({
      ...api,
      Name: string,
      Type: literal('REQUEST'),
      AuthorizerUri: text,
      AuthorizerResultTtlInSeconds: literal(0, 'lets revoked keys keep working; set it to 0'),
    }),
  },
  'AWS::ApiGateway::BasePathMapping': {
    most: 1,
    properties: only({ ...api, DomainName: ref, Stage: ref, BasePath: optional(string) }),
  },
  'AWS::ApiGateway::Deployment': { most: 1, properties: only({ ...api, Description: optional(string) }) },
  'AWS::ApiGateway::DomainName': {
    most: 1,
    properties: only({
      DomainName: string,
      RegionalCertificateArn: string,
      EndpointConfiguration: only(endpoint('REGIONAL')),
      ...tls,
      ...tags,
    }),
  },
  'AWS::ApiGateway::GatewayResponse': {
    properties: only({
      ...api,
      ResponseType: oneOf(
        Object.values(ResponseType).map(({ responseType }) => responseType),
        'is a response type that API Gateway does not have',
      ),
      StatusCode: optional(string),
      ResponseParameters: z.partial(
        only({
          [gatewayHeader('x-request-id')]: string,
          [gatewayHeader('request-id')]: string,
          [gatewayHeader('retry-after')]: string,
          [gatewayHeader('x-should-retry')]: string,
          [gatewayHeader('access-control-allow-origin')]: string,
          [gatewayHeader('access-control-expose-headers')]: string,
        }),
      ),
      ResponseTemplates: json(string),
    }),
  },
  'AWS::ApiGateway::Method': { properties: z.discriminatedUnion('HttpMethod', [call, preflight]) },
  'AWS::ApiGateway::Model': {
    properties: only({
      ...api,
      ContentType: literal('application/json'),
      Schema: only({ $schema: string, type: literal('object') }),
    }),
  },
  'AWS::ApiGateway::RequestValidator': {
    properties: only({
      ...api,
      ValidateRequestBody: literal(true),
      ValidateRequestParameters: literal(true),
    }),
  },
  'AWS::ApiGateway::Resource': {
    properties: only({
      ...api,
      ParentId: z.union([ref, only({ 'Fn::GetAtt': z.tuple([string, literal('RootResourceId')]) })]),
      PathPart: string,
    }),
  },
  'AWS::ApiGateway::RestApi': {
    most: 1,
    properties: only({
      Name: string,
      Description: optional(string),
      ApiKeySourceType: optional(oneOf(['AUTHORIZER', 'HEADER'])),
      EndpointConfiguration: only({
        ...endpoint('REGIONAL', 'PRIVATE'),
        VpcEndpointIds: optional(array(string)),
      }),
      Policy: optional(policy(z.union([everyoneMayCall, othersMayNotCall]))),
      DisableExecuteApiEndpoint: optional(literal(true)),
      ...tls,
      ...tags,
    }),
  },
  'AWS::ApiGateway::Stage': {
    most: 1,
    properties: only({
      ...api,
      DeploymentId: ref,
      StageName: string,
      // Without a level of logging: an execution log has the callers' headers and bodies.
      MethodSettings: z.tuple([
        only({
          HttpMethod: literal('*'),
          ResourcePath: literal('/*'),
          DataTraceEnabled: literal(false, 'logs every prompt; set it to false'),
          ThrottlingRateLimit: above0,
          ThrottlingBurstLimit: above0,
        }),
      ]),
      AccessLogSetting: optional(only({ DestinationArn: text, Format: accessLogFormat })),
      TracingEnabled: optional(flag),
      ...tags,
    }),
  },
  'AWS::ApiGateway::UsagePlan': {
    properties: only({
      UsagePlanName: string,
      Description: optional(string),
      ApiStages: array(only({ ApiId: ref, Stage: ref, Throttle: optional(only({})) })),
      Throttle: only(
        { RateLimit: above0, BurstLimit: z.number().check(z.minimum(1)) },
        'lets its keys call as fast as they like; give it a rate and a burst',
      ),
      Quota: only(
        {
          Limit: z.number().check(z.minimum(1)),
          Offset: optional(number),
          Period: oneOf(['DAY', 'WEEK', 'MONTH'], 'must be DAY, WEEK or MONTH'),
        },
        'lets its keys call as often as they like; give it a quota',
      ),
      ...tags,
    }),
  },
  'AWS::ApiGateway::UsagePlanKey': {
    properties: only({ KeyId: ref, KeyType: literal('API_KEY'), UsagePlanId: ref }),
  },
  'AWS::Bedrock::ApplicationInferenceProfile': {
    properties: only({
      InferenceProfileName: string,
      ModelSource: only({
        CopyFrom: textLike(
          /^arn:[\w{}:-]+:bedrock:[\w-]+:[\w{}:]*:(?:foundation-model|inference-profile)\/[\w:.-]+$/,
        ),
      }),
      ...tags,
    }),
  },
  'AWS::CloudWatch::Alarm': {
    properties: only({
      AlarmName: string,
      AlarmDescription: string,
      AlarmActions: z.tuple([ref]),
      Namespace: string,
      MetricName: string,
      Dimensions: optional(array(only({ Name: string, Value: text }))),
      Statistic: string,
      Period: number,
      EvaluationPeriods: number,
      DatapointsToAlarm: number,
      Threshold: number,
      ComparisonOperator: string,
      TreatMissingData: string,
      ...tags,
    }),
  },
  'AWS::CloudWatch::Dashboard': {
    most: 1,
    properties: only({ DashboardName: string, DashboardBody: text, Tags: optional(tags.Tags) }),
  },
  'AWS::Cognito::UserPool': {
    most: 1,
    whenDeleted: ['Delete', 'Retain'],
    properties: only({
      AccountRecoverySetting: only({
        RecoveryMechanisms: array(only({ Name: string, Priority: number })),
      }),
      AdminCreateUserConfig: only({
        AllowAdminCreateUserOnly: literal(true, 'lets strangers sign up; set it to true'),
      }),
      AutoVerifiedAttributes: array(string),
      DeletionProtection: oneOf(['ACTIVE', 'INACTIVE']),
      EmailVerificationMessage: string,
      EmailVerificationSubject: string,
      EnabledMfas: array(string),
      MfaConfiguration: oneOf(['OPTIONAL', 'ON']),
      Policies: only({
        PasswordPolicy: only({
          MinimumLength: z.number().check(z.minimum(12)),
          RequireLowercase: literal(true),
          RequireNumbers: literal(true),
          RequireSymbols: literal(true),
          RequireUppercase: literal(true),
        }),
      }),
      SmsVerificationMessage: string,
      UserAttributeUpdateSettings: only({ AttributesRequireVerificationBeforeUpdate: array(string) }),
      UserPoolTags: z.record(string.check(z.regex(/^(?!Fn::)/)), string),
      UserPoolTier: string,
      UsernameAttributes: array(string),
      VerificationMessageTemplate: only({
        DefaultEmailOption: string,
        EmailMessage: string,
        EmailSubject: string,
        SmsMessage: string,
      }),
    }),
  },
  'AWS::Cognito::UserPoolClient': {
    most: 1,
    properties: only({
      AccessTokenValidity: number,
      AllowedOAuthFlowsUserPoolClient: literal(false),
      ExplicitAuthFlows: array(
        oneOf(['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH']),
      ),
      GenerateSecret: literal(false),
      IdTokenValidity: number,
      PreventUserExistenceErrors: literal('ENABLED'),
      SupportedIdentityProviders: z.tuple([literal('COGNITO')]),
      TokenValidityUnits: only({ AccessToken: string, IdToken: string }),
      UserPoolId: ref,
      // Without it, users may write every attribute, including the one that names their team.
      WriteAttributes: array(string),
    }),
  },
  'AWS::Cognito::UserPoolGroup': {
    properties: only({ Description: string, GroupName: string, UserPoolId: ref }),
  },
  'AWS::DynamoDB::Table': {
    most: 1,
    whenDeleted: ['Delete', 'Retain'],
    // No stream and no resource policy. Without a key, DynamoDB encrypts it with its own.
    properties: only({
      AttributeDefinitions: array(only({ AttributeName: string, AttributeType: literal('S') })),
      KeySchema: array(only({ AttributeName: string, KeyType: oneOf(['HASH', 'RANGE']) })),
      BillingMode: literal('PAY_PER_REQUEST'),
      DeletionProtectionEnabled: flag,
      PointInTimeRecoverySpecification: only({ PointInTimeRecoveryEnabled: literal(true) }),
      SSESpecification: optional(
        only({ SSEEnabled: literal(true), SSEType: literal('KMS'), KMSMasterKeyId: kmsKey }),
      ),
      TimeToLiveSpecification: only({ AttributeName: string, Enabled: literal(true) }),
      ...tags,
    }),
  },
  // The CDK puts statements here that are too long for a role's policy.
  'AWS::IAM::ManagedPolicy': {
    properties: only({
      Description: string,
      Path: string,
      Roles: z.tuple([ref]),
      PolicyDocument: policy(functionsMay),
    }),
  },
  'AWS::IAM::Policy': {
    most: 2,
    properties: only({ PolicyName: string, Roles: z.tuple([ref]), PolicyDocument: policy(functionsMay) }),
  },
  'AWS::IAM::Role': {
    most: 2,
    properties: only({
      AssumeRolePolicyDocument: policy(functionsMayAssume),
      Path: optional(string),
      PermissionsBoundary: optional(text),
      ...tags,
    }),
  },
  'AWS::KMS::Key': {
    most: 1,
    whenDeleted: ['Delete', 'Retain'],
    properties: only({
      Description: string,
      EnableKeyRotation: literal(true, 'keeps one key for ever; set it to true'),
      KeyPolicy: policy(z.union([accountManagesKey, logsUseKey, alarmsUseKey])),
      ...tags,
    }),
  },
  'AWS::Lambda::Function': {
    most: 2,
    properties: only({
      Description: string,
      Architectures: z.tuple([literal('arm64')]),
      Runtime: string,
      Handler: string,
      Code: only({ S3Bucket: z.union([string, only({ 'Fn::Sub': string })]), S3Key: string }),
      Environment: optional(
        only({
          Variables: z.partial(
            only({ PROXY_CONFIG: text, PROXY_IDS: text, PROXY_TABLE: text, PROXY_SIGN_IN: text }),
          ),
        }),
      ),
      LoggingConfig: only({
        LogFormat: literal('JSON'),
        ApplicationLogLevel: literal('INFO'),
        SystemLogLevel: literal('WARN'),
        LogGroup: ref,
      }),
      MemorySize: number,
      ReservedConcurrentExecutions: optional(number),
      Role: arn,
      Timeout: number,
      TracingConfig: optional(only({ Mode: literal('Active') })),
      ...tags,
    }),
  },
  'AWS::Lambda::Permission': {
    most: 2,
    properties: only({
      Action: literal('lambda:InvokeFunction'),
      FunctionName: arn,
      Principal: literal('apigateway.amazonaws.com'),
      SourceArn: text,
    }),
  },
  'AWS::Logs::LogGroup': {
    most: 3,
    whenDeleted: ['Delete'],
    properties: only({
      LogGroupName: string,
      KmsKeyId: optional(kmsKey),
      RetentionInDays: literal(
        retentionDays,
        'must be a retention period of CloudWatch Logs: never expiring is not allowed',
      ),
      ...tags,
    }),
  },
  // Prompts and answers. No versions, which would outlive a deletion, no copies, no website and no notices.
  'AWS::S3::Bucket': {
    most: 1,
    whenDeleted: ['Retain'],
    properties: only({
      BucketEncryption: only({
        ServerSideEncryptionConfiguration: z.tuple([
          z.union([
            only({ ServerSideEncryptionByDefault: only({ SSEAlgorithm: literal('AES256') }) }),
            only({
              BucketKeyEnabled: literal(true),
              ServerSideEncryptionByDefault: only({
                SSEAlgorithm: literal('aws:kms'),
                KMSMasterKeyID: kmsKey,
              }),
            }),
          ]),
        ]),
      }),
      LifecycleConfiguration: only(
        {
          Rules: z.tuple([
            only({
              Id: string,
              Status: literal('Enabled'),
              ExpirationInDays: z.int().check(z.minimum(1), z.maximum(3650)),
            }),
          ]),
        },
        'keeps prompts for ever; let them expire',
      ),
      OwnershipControls: only({
        Rules: z.tuple([only({ ObjectOwnership: literal('BucketOwnerEnforced') })]),
      }),
      PublicAccessBlockConfiguration: only({
        BlockPublicAcls: literal(true),
        BlockPublicPolicy: literal(true),
        IgnorePublicAcls: literal(true),
        RestrictPublicBuckets: literal(true),
      }),
      ...tags,
    }),
  },
  'AWS::S3::BucketPolicy': {
    most: 1,
    whenDeleted: ['Retain'],
    properties: only({ Bucket: ref, PolicyDocument: policy(readOverTlsOnly) }),
  },
  'AWS::SNS::Subscription': {
    properties: z.union([
      only({ Endpoint: string, Protocol: literal('email'), TopicArn: ref, FilterPolicy: ofTeams }),
      only({
        Endpoint: string.check(z.regex(/^https:/, 'sends notices without TLS')),
        Protocol: literal('https'),
        TopicArn: ref,
        FilterPolicy: ofTeams,
        DeliveryPolicy: only({
          healthyRetryPolicy: only({
            minDelayTarget: number,
            maxDelayTarget: number,
            numRetries: number,
            numMinDelayRetries: number,
            numMaxDelayRetries: number,
            backoffFunction: string,
          }),
          requestPolicy: only({ headerContentType: string }),
        }),
      }),
    ]),
  },
  // Alarms have one, notices about limits another.
  'AWS::SNS::Topic': {
    most: 2,
    properties: only({
      DisplayName: string,
      KmsMasterKeyId: optional(kmsKey),
      SignatureVersion: optional(literal('2')),
      ...tags,
    }),
  },
  'AWS::SNS::TopicPolicy': {
    most: 2,
    properties: only({
      Topics: z.tuple([ref]),
      PolicyDocument: policy(z.union([alarmsMayPublish, overTlsOnly])),
    }),
  },
  'AWS::WAFv2::WebACL': {
    most: 1,
    properties: only({
      Scope: literal('REGIONAL'),
      Description: string,
      DefaultAction: only({ Allow: only({}) }),
      CustomResponseBodies: z.record(
        string,
        only({ Content: string, ContentType: literal('APPLICATION_JSON') }),
      ),
      Rules: array(z.union([rateRule, commonRules])),
      ...visibility,
      ...tags,
    }),
  },
  'AWS::WAFv2::WebACLAssociation': { most: 1, properties: only({ ResourceArn: text, WebACLArn: arn }) },
};

/** The URL of a domain, which is in the config. */
const domainUrl = string.check(z.regex(/^https:\/\/[a-z0-9.-]+\/(?:[\w.-]+\/)?$/));

/** Ids and addresses, which are not secret. */
const outputs = z.record(
  string.check(
    z.regex(
      /^(?:KeyId\w+|UserPoolId|UserPoolClientId|Endpoint|DomainTarget|ApiId|TableName|PromptBucketName|AlarmTopicArn|NoticeTopicArn)$/,
    ),
  ),
  only({
    Description: optional(string),
    Value: z.union([
      ref,
      only({ 'Fn::Join': z.tuple([literal(''), array(z.union([string, ref]))]) }),
      domainName,
      domainUrl,
    ]),
  }),
);

/** The CDK's condition on the account: that its own stack there is new enough. */
const bootstrap = {
  Parameters: optional(
    only({
      BootstrapVersion: only({
        Type: literal('AWS::SSM::Parameter::Value<String>'),
        Default: string,
        Description: string,
      }),
    }),
  ),
  Rules: optional(
    only({
      CheckBootstrapVersion: only({
        Assertions: array(
          only({
            Assert: only({
              'Fn::Not': z.tuple([only({ 'Fn::Contains': z.tuple([array(string), ref]) })]),
            }),
            AssertDescription: string,
          }),
        ),
      }),
    }),
  ),
};

/** A template without its resources, or of a construct's part. Nothing is imported, included or transformed. */
export const allowedSections = only({ Description: optional(string), Outputs: outputs, ...bootstrap });

/** Notes for the CDK's command line and for ours. They change nothing in a deployment. */
const metadata = only({
  'aws:cdk:do-not-refactor': optional(literal(true)),
  'aws:cdk:path': optional(string),
  [configMetadata]: optional(ProxyConfig),
  'aws:asset:path': optional(string),
  'aws:asset:is-bundled': optional(literal(false)),
  'aws:asset:property': optional(literal('Code')),
});

/** A resource of a type, with every field of its template entry. */
export function resourceSchema({ properties, whenDeleted }: Allowed): z.ZodMiniType {
  const policy = whenDeleted && oneOf(whenDeleted);
  return only({
    Type: string,
    Properties: properties,
    DependsOn: array(string),
    Metadata: optional(metadata),
    ...(policy && { DeletionPolicy: policy, UpdateReplacePolicy: policy }),
  });
}
