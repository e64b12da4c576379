import { join } from 'node:path';
import { authorizerVariables } from '@org/lambda/authorizer-environment';
import { partitionsOf } from '@org/table';
import { Duration, Stack } from 'aws-cdk-lib';
import { CfnAuthorizer, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ProxyConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/config-error.ts';
import type { SignIn } from '../../config/sign-in.ts';
import { LoggedFunction } from '../functions/logged-function.ts';
import type { LedgerTable } from '../ledger-table.ts';
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
export class Authorizer extends LoggedFunction {
  readonly authorizer: RequestAuthorizer;

  constructor(scope: Construct, id: string, props: AuthorizerProps) {
    const { config, ledger, lambdaDirectory } = props;
    super(scope, id, {
      config,
      suffix: '-authorizer',
      description: `Identifies the callers of ${config.name}-${config.stage}, by API key or by token`,
      code: Code.fromAsset(join(lambdaDirectory, 'authorizer')),
      handler: 'index.handler',
      memorySize: 512,
      timeout: Duration.seconds(10),
      environment: environmentOf(scope, props),
      statements: [ledger.statement({ actions: ['dynamodb:GetItem'], prefixes: partitionsOf.authorizer })],
    });
    this.authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: this.handler,
      identitySources: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    // For no source CDK writes an empty text, which API Gateway might take for one.
    const { defaultChild } = this.authorizer.node;
    if (defaultChild instanceof CfnAuthorizer) defaultChild.addPropertyDeletionOverride('IdentitySource');
  }
}

/** @throws {ConfigError} If Lambda would refuse it as too large. */
function environmentOf(scope: Construct, props: AuthorizerProps): Record<string, string> {
  const { signIn, ledger } = props;
  const environment = signInEnvironment(signIn, userPoolIds(scope, props));
  const bytes = Buffer.byteLength(JSON.stringify(JSON.stringify(environment)));
  if (bytes > signInLimitBytes) {
    const message = `makes ${bytes} bytes of the authorizer's environment, and ${signInLimitBytes} fit; have the issuer name the team`;
    throw new ConfigError([{ path: 'signIn.teams', message }]);
  }
  return {
    [authorizerVariables.signIn]: Stack.of(scope).toJsonString(environment),
    [authorizerVariables.table]: ledger.table.tableName,
  };
}

function userPoolIds(scope: Construct, { config, signIn }: AuthorizerProps): UserPoolIds | undefined {
  if (!('cognito' in signIn)) return undefined;
  if (signIn.cognito === 'create') {
    const { pool, client } = new UserPool(scope, 'UserPool', { config, signIn });
    return { userPoolId: pool.userPoolId, clientIds: [client.userPoolClientId], region: config.region };
  }
  const { userPoolId, clientId } = signIn.cognito;
  const [region = ''] = userPoolId.split('_', 1);
  return { userPoolId, clientIds: clientId, region };
}
