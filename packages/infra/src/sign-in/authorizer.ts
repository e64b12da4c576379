import { join } from 'node:path';
import { authorizerVariables } from '@org/lambda/authorizer-environment';
import { signInPrefix } from '@org/lambda/sign-in-item';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnAuthorizer, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
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
import type { ProxyConfig } from '../config.ts';
import { ConfigError } from '../config-error.ts';
import type { LedgerTable } from '../ledger-table.ts';
import type { SignIn } from './sign-in-config.ts';
import { signInEnvironment, type UserPoolIds } from './sign-in-environment.ts';
import { UserPool } from './user-pool.ts';

/** Bytes of `signIn` in the authorizer's environment, which may have 4 KB in all; the rest is names. */
const signInLimitBytes = 3500;

export interface AuthorizerProps {
  readonly config: ProxyConfig;
  readonly signIn: SignIn;
  readonly ledger: LedgerTable;
  /** Directory of the built functions: `authorizer/index.mjs` with the export `handler`. */
  readonly lambdaDirectory: string;
}

/**
 * Who calls with which API key: a Lambda authorizer in front of every method, with a role that can write its own log
 * and read the keys of signed-in callers, and no more.
 *
 * Nothing is cached by API Gateway. A cache wants every identity source in every request, and callers have either an
 * API key or a token; and a cached key would outlive its revocation.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
 */
export class Authorizer extends Construct {
  readonly authorizer: RequestAuthorizer;

  constructor(scope: Construct, id: string, props: AuthorizerProps) {
    super(scope, id);
    const { config, signIn, ledger, lambdaDirectory } = props;
    const stack = Stack.of(this);
    const environment = signInEnvironment(signIn, this.userPoolIds(scope, props));
    const bytes = Buffer.byteLength(JSON.stringify(JSON.stringify(environment)));
    if (bytes > signInLimitBytes) {
      const message = `makes ${bytes} bytes of the authorizer's environment, and ${signInLimitBytes} fit; have the issuer name the team`;
      throw new ConfigError([{ path: 'signIn.teams', message }]);
    }

    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${config.name}-${config.stage}-authorizer`,
      retention: config.logRetentionDays,
      // A log that stays behind would keep its name and make the next deployment fail.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    role.addToPolicy(ledger.statement({ actions: ['dynamodb:GetItem'], prefixes: [signInPrefix] }));

    const handler = new LambdaFunction(this, 'Handler', {
      description: `Tells who calls ${config.name}-${config.stage}: by API key or by token`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(join(lambdaDirectory, 'authorizer')),
      handler: 'index.handler',
      memorySize: 512,
      timeout: Duration.seconds(10),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      environment: {
        [authorizerVariables.signIn]: stack.toJsonString(environment),
        [authorizerVariables.table]: ledger.table.tableName,
      },
    });
    this.authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler,
      identitySources: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    // For no source CDK writes an empty text, which API Gateway might take for one.
    const { defaultChild } = this.authorizer.node;
    if (defaultChild instanceof CfnAuthorizer) defaultChild.addPropertyDeletionOverride('IdentitySource');
  }

  private userPoolIds(scope: Construct, { config, signIn }: AuthorizerProps): UserPoolIds | undefined {
    if (!('cognito' in signIn)) return undefined;
    if (signIn.cognito === 'create') {
      const { pool, client } = new UserPool(scope, 'UserPool', { config, signIn });
      return { userPoolId: pool.userPoolId, clientIds: [client.userPoolClientId], region: config.region };
    }
    const { userPoolId, clientId } = signIn.cognito;
    const [region = ''] = userPoolId.split('_', 1);
    return { userPoolId, clientIds: clientId, region };
  }
}
