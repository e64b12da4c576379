import type { Route } from '@org/contract';
import { longestCallMs } from '@org/lambda/environment';
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
import { bedrockStatements } from './bedrock-access.ts';
import type { ProxyConfig } from './config.ts';
import { guardrailStatements } from './guardrail-access.ts';
import type { LedgerTable } from './ledger-table.ts';

/** What differs between the function that answers whole and the one that streams. */
const modes = {
  buffered: { handler: 'index.handler', action: 'bedrock:InvokeModel', suffix: '' },
  stream: {
    handler: 'index.streamHandler',
    action: 'bedrock:InvokeModelWithResponseStream',
    suffix: '-stream',
  },
} as const;

export interface ProxyFunctionProps {
  readonly config: ProxyConfig;
  readonly ledger: LedgerTable;
  readonly environment: Record<string, string>;
  /** Directory of the built functions: `index.mjs` with the exports `handler` and `streamHandler`. */
  readonly lambdaDirectory: string;
  /** How it answers. API Gateway wants another format of a function that streams, so each answers in one way only. */
  readonly transfer: Route['transfer'];
}

/**
 * The function behind the routes of one kind, with a role that can write its own log, call the configured models in
 * its own way, apply the plans' guardrails, count in the table, and no more.
 */
export class ProxyFunction extends Construct {
  readonly handler: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ProxyFunctionProps) {
    super(scope, id);
    const { config, ledger, environment, lambdaDirectory, transfer } = props;
    const { handler, action, suffix } = modes[transfer];
    const stack = Stack.of(this);
    const ceiling = config.concurrency?.[transfer];

    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${config.name}-${config.stage}${suffix}`,
      retention: config.logRetentionDays,
      // A log that stays behind would keep its name and make the next deployment fail.
      removalPolicy: RemovalPolicy.DESTROY,
    });

    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    const statements = [
      ...bedrockStatements(config, action, stack),
      ...guardrailStatements(config, stack),
      // Beside counters and keys, the table then has what only the authorizer may read.
      ledger.statement(config.signIn ? { prefixes: ['team#', 'key#'] } : {}),
    ];
    for (const statement of statements) role.addToPolicy(statement);

    this.handler = new LambdaFunction(this, 'Handler', {
      description: `Asks Bedrock for the teams of ${config.name}-${config.stage}: ${transfer} answers`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(lambdaDirectory, { exclude: ['authorizer'] }),
      handler,
      memorySize: 1024,
      // As long as API Gateway waits, and no longer: nobody would hear what it still says.
      timeout: Duration.millis(longestCallMs[transfer]),
      role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      environment,
      ...(ceiling === undefined ? {} : { reservedConcurrentExecutions: ceiling }),
    });
  }
}
