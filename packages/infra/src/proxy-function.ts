import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ApiKeys } from './api-keys.ts';
import { bedrockStatements } from './bedrock-access.ts';
import type { ProxyConfig } from './config.ts';
import { functionEnvironment } from './function-environment.ts';
import type { LedgerTable } from './ledger-table.ts';

/**
 * How long one ask may take: the longest that API Gateway waits for a buffered answer without a raised quota. The
 * function gets no more, for nobody would hear what it still says.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
export const askTimeout = Duration.seconds(29);

export interface ProxyFunctionProps {
  readonly config: ProxyConfig;
  readonly keys: ApiKeys;
  readonly ledger: LedgerTable;
  /** Directory of the built function: `index.mjs` with the export `handler`. */
  readonly lambdaDirectory: string;
}

/**
 * The function behind every route, with a role that can write its own log, call the configured models, count in its
 * table, and no more.
 */
export class ProxyFunction extends Construct {
  readonly handler: LambdaFunction;

  constructor(scope: Construct, id: string, { config, keys, ledger, lambdaDirectory }: ProxyFunctionProps) {
    super(scope, id);
    const stack = Stack.of(this);

    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${config.name}-${config.stage}`,
      retention: config.logRetentionDays,
      // A log that stays behind would keep its name and make the next deployment fail.
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    for (const statement of bedrockStatements(config, stack)) role.addToPolicy(statement);
    role.addToPolicy(ledger.statement());

    const keyIds = new Map([...keys.byName].map(([name, key]) => [name, key.keyId]));
    this.handler = new LambdaFunction(this, 'Handler', {
      description: `Asks Bedrock for the teams of ${config.name}-${config.stage}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(lambdaDirectory),
      handler: 'index.handler',
      memorySize: 1024,
      timeout: askTimeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      environment: functionEnvironment(config, { keyIds, tableName: ledger.table.tableName }, stack),
    });
  }
}
