import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AssetStaging, RemovalPolicy } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type ProxyConfig, requestLogGroupOf } from '../../config/config.ts';

export interface LoggedFunctionProps
  extends Required<
    Pick<FunctionProps, 'description' | 'code' | 'handler' | 'memorySize' | 'timeout' | 'environment'>
  > {
  readonly config: ProxyConfig;
  /** End of its log group's name; may be empty. */
  readonly suffix: string;
  /** Its permissions besides writing its log. */
  readonly statements: readonly PolicyStatement[];
  /** Default: none. */
  readonly reservedConcurrentExecutions?: number | undefined;
}

/** A function on Node with its own log group, and a role that can write that log and has the given permissions. */
export class LoggedFunction extends Construct {
  readonly handler: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: LoggedFunctionProps) {
    super(scope, id);
    const { config, suffix, statements, reservedConcurrentExecutions, ...settings } = props;
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: `${requestLogGroupOf(config)}${suffix}`,
      retention: config.logRetentionDays,
      // If the log outlived the stack, it would keep its name and make the next deployment fail.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    for (const statement of statements) role.addToPolicy(statement);
    this.handler = new LambdaFunction(this, 'Handler', {
      ...settings,
      ...(reservedConcurrentExecutions === undefined ? {} : { reservedConcurrentExecutions }),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(config.traces && { tracing: Tracing.ACTIVE }),
    });
    for (const part of this.handler.node.findAll()) {
      if (part instanceof AssetStaging) letLambdaRead(part.absoluteStagedPath);
    }
  }
}

/**
 * Lambda runs as another user, and modes go with the files into the zip: after a build with `umask 077` it could read none.
 * The name of an asset does not depend on them, so a bad one would also stay in the place of a good one.
 */
function letLambdaRead(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
}
