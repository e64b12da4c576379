import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat, LogGroupLogDestination, type StageOptions } from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { accessLogGroupOf, type ProxyConfig } from '../../config/config.ts';

/** The caller, route, time and outcome of each request. No bodies, addresses or key values: the key's id is enough. */
const format = {
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  requestTime: '$context.requestTime',
  apiKeyId: '$context.identity.apiKeyId',
  httpMethod: '$context.httpMethod',
  resourcePath: '$context.resourcePath',
  status: '$context.status',
  responseType: '$context.error.responseType',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integration.latency',
  responseLengthBytes: '$context.responseLength',
};

/** The stage options that write an access log to its own log group. */
export function accessLogOptions(
  scope: Construct,
  config: ProxyConfig,
): Pick<StageOptions, 'accessLogDestination' | 'accessLogFormat'> {
  const logGroup = new LogGroup(scope, 'AccessLog', {
    logGroupName: accessLogGroupOf(config),
    retention: config.logRetentionDays,
    // If the log outlived the stack, it would keep its name and make the next deployment fail.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return {
    accessLogDestination: new LogGroupLogDestination(logGroup),
    accessLogFormat: AccessLogFormat.custom(JSON.stringify(format)),
  };
}
