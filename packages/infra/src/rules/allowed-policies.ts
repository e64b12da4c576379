import { promptPrefix } from '@org/lambda/prompt-prefix';
import { partitionsOf } from '@org/table';
import * as z from 'zod/mini';
import {
  arn,
  array,
  kmsKey,
  literal,
  oneOf,
  only,
  optional,
  profileArn,
  ref,
  string,
  text,
  textLike,
} from './template-values.ts';

// The statements that policies may have: who may do what. Resources with policies are in allowed-resources.ts.

export const policy = <Statement extends z.ZodMiniType>(statement: Statement) =>
  only({ Version: literal('2012-10-17'), Statement: array(statement) });

export const functionsMayAssume = only({
  Effect: literal('Allow'),
  Action: literal('sts:AssumeRole'),
  Principal: only(
    { Service: literal('lambda.amazonaws.com') },
    'lets principals other than Lambda assume the role; allow Lambda alone',
  ),
});

const modelArns = z.union([text, array(z.union([text, profileArn]))]);
const oneOrMore = <const Names extends readonly string[]>(names: Names) =>
  z.union([oneOf(names), array(oneOf(names))]);

const functionsWriteTheirLogs = only({
  Effect: literal('Allow'),
  Action: oneOrMore(['logs:CreateLogStream', 'logs:PutLogEvents']),
  Resource: arn,
});
const functionsAskBedrock = only({
  Effect: literal('Allow'),
  Action: oneOrMore([
    'bedrock:InvokeModel',
    'bedrock:InvokeModelWithResponseStream',
    'bedrock:CountTokens',
    'bedrock:ApplyGuardrail',
  ]),
  Resource: modelArns,
  Condition: optional(only({ StringEquals: only({ 'bedrock:InferenceProfileArn': modelArns }) })),
});
const functionsUseTheTable = only({
  Effect: literal('Allow'),
  Action: oneOrMore(['dynamodb:GetItem', 'dynamodb:UpdateItem']),
  Resource: arn,
  Condition: only({
    'ForAllValues:StringLike': only({
      'dynamodb:LeadingKeys': array(oneOf(Object.values(partitionsOf).flat())),
    }),
  }),
});

const functionsUseTheTablesKey = only({
  Effect: literal('Allow'),
  Action: oneOrMore([
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ]),
  Resource: kmsKey,
  Condition: only({
    StringEquals: only({
      'kms:ViaService': string.check(
        z.regex(/^dynamodb\.[\w-]+\.amazonaws\.com$/, 'lets functions use the key outside of DynamoDB'),
      ),
    }),
  }),
});

const functionsWritePrompts = only({
  Effect: literal('Allow'),
  Action: literal('s3:PutObject'),
  Resource: textLike(new RegExp(`^\\{\\w+\\}/${promptPrefix}\\*$`)),
});
const functionsEncryptPrompts = only({
  Effect: literal('Allow'),
  Action: literal('kms:GenerateDataKey'),
  Resource: kmsKey,
  Condition: only({
    StringEquals: only({
      'kms:ViaService': string.check(
        z.regex(/^s3\.[\w-]+\.amazonaws\.com$/, 'lets functions use the key outside of S3'),
      ),
    }),
  }),
});
const functionsPublishNotices = only({
  Effect: literal('Allow'),
  Action: literal('sns:Publish'),
  Resource: ref,
});
const functionsEncryptNotices = only({
  Effect: literal('Allow'),
  Action: oneOrMore(['kms:Decrypt', 'kms:GenerateDataKey']),
  Resource: kmsKey,
  Condition: only({
    StringEquals: only({
      'kms:ViaService': string.check(
        z.regex(/^sns\.[\w-]+\.amazonaws\.com$/, 'lets functions use the key outside of SNS'),
      ),
    }),
  }),
});
const functionsSendTraces = only({
  Effect: literal('Allow'),
  Action: oneOrMore(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']),
  Resource: literal('*'),
});

export const functionsMay = z.union([
  functionsWriteTheirLogs,
  functionsAskBedrock,
  functionsUseTheTable,
  functionsUseTheTablesKey,
  functionsWritePrompts,
  functionsEncryptPrompts,
  functionsPublishNotices,
  functionsEncryptNotices,
  functionsSendTraces,
]);

export const accountManagesKey = only({
  Effect: literal('Allow'),
  Action: literal('kms:*'),
  Principal: only({
    AWS: textLike(/^arn:(?:aws[\w-]*|\{AWS::Partition\}):iam::(?:\d{12}|\{AWS::AccountId\}):root$/),
  }),
  Resource: literal('*'),
});
export const logsUseKey = only({
  Sid: string,
  Effect: literal('Allow'),
  Action: oneOrMore([
    'kms:Encrypt',
    'kms:Decrypt',
    'kms:ReEncrypt*',
    'kms:GenerateDataKey*',
    'kms:Describe*',
  ]),
  Principal: only({ Service: string.check(z.regex(/^logs\.[\w-]+\.amazonaws\.com$/)) }),
  Resource: literal('*'),
  Condition: only({
    ArnEquals: only(
      { 'kms:EncryptionContext:aws:logs:arn': z.union([text, array(text)]) },
      'lets CloudWatch Logs use the key for every log group; name those of the stack',
    ),
  }),
});
export const alarmsUseKey = only({
  Sid: string,
  Effect: literal('Allow'),
  Action: oneOrMore(['kms:Decrypt', 'kms:GenerateDataKey*']),
  Principal: only({ Service: literal('cloudwatch.amazonaws.com') }),
  Resource: literal('*'),
  Condition: only({
    StringEquals: only({ 'aws:SourceAccount': text }),
    ArnEquals: only({ 'aws:SourceArn': array(text) }),
  }),
});

export const alarmsMayPublish = only({
  Sid: string,
  Effect: literal('Allow'),
  Action: literal('sns:Publish'),
  Principal: only({ Service: literal('cloudwatch.amazonaws.com') }),
  Resource: ref,
  Condition: only({
    StringEquals: only({ 'aws:SourceAccount': text }),
    ArnEquals: only({ 'aws:SourceArn': array(text) }),
  }),
});
export const overTlsOnly = only({
  Sid: string,
  Effect: literal('Deny'),
  Action: literal('sns:Publish'),
  Principal: literal('*'),
  Resource: ref,
  Condition: only({ Bool: only({ 'aws:SecureTransport': literal('false') }) }),
});

export const readOverTlsOnly = only({
  Effect: literal('Deny'),
  Action: literal('s3:*'),
  Principal: only({ AWS: literal('*') }),
  Resource: array(text),
  Condition: only({ Bool: only({ 'aws:SecureTransport': literal('false') }) }),
});
// From where the API is reached.

const textOrTexts = z.union([text, array(text)]);

const invoke = {
  Principal: only({ AWS: literal('*') }),
  Action: literal('execute-api:Invoke'),
  Resource: literal('execute-api:/*'),
};
export const everyoneMayCall = only({ Effect: literal('Allow'), ...invoke });
export const othersMayNotCall = only({
  Effect: literal('Deny'),
  ...invoke,
  Condition: z.union([
    only({ StringNotEquals: only({ 'aws:SourceVpce': textOrTexts }) }),
    only({ NotIpAddress: only({ 'aws:SourceIp': textOrTexts }) }),
    only({ NotIpAddress: only({ 'aws:VpcSourceIp': textOrTexts }) }),
  ]),
});
