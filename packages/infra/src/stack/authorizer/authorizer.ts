import { join } from 'node:path';
import { authorizerVariables, type SignInEnvironment } from '@org/lambda/authorizer-environment';
import { configFile } from '@org/lambda/config-file';
import { partitionsOf } from '@org/table';
import { Duration, Stack } from 'aws-cdk-lib';
import { CfnAuthorizer, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ProxyConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/config-error.ts';
import type { SignIn } from '../../config/sign-in.ts';
import { configuredCode } from '../functions/configured-code.ts';
import { LoggedFunction } from '../functions/logged-function.ts';
import type { LedgerTable } from '../ledger-table.ts';
import { signInEnvironment, type UserPoolIds } from './sign-in-environment.ts';
import { UserPool } from './user-pool.ts';

/** Bytes of `signIn` in the authorizer's environment, which may have 4 KB in all; the rest is names. Beyond, teams are in a file. */
const signInLimitBytes = 3500;

export interface AuthorizerProps {
  readonly config: ProxyConfig;
  readonly ledger: LedgerTable;
  /** Directory of the built functions: `authorizer` and `key-authorizer`, each with an `index.mjs` that exports `handler`. */
  readonly lambdaDirectory: string;
}

/**
 * Who calls with which API key: a Lambda authorizer in front of every method. API Gateway by itself reads keys from
 * `x-api-key` only; this one takes them from `Authorization: Bearer` too, and where there is sign-in, tokens from both. Its
 * role can write its own log; with sign-in also read the keys of signed-in callers; and no more.
 *
 * Nothing is cached by API Gateway. A cache wants every identity source in every request, and callers have either header;
 * and the key of a cached token would outlive its revocation.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
 */
export class Authorizer extends LoggedFunction {
  readonly authorizer: RequestAuthorizer;

  constructor(scope: Construct, id: string, props: AuthorizerProps) {
    const { config, lambdaDirectory } = props;
    const access = config.signIn
      ? withSignIn(scope, props, config.signIn)
      : { code: Code.fromAsset(join(lambdaDirectory, 'key-authorizer')), environment: {}, statements: [] };
    super(scope, id, {
      config,
      suffix: '-authorizer',
      description: `Identifies the callers of ${config.name}-${config.stage}, by API key${config.signIn ? ' or by token' : ''}`,
      handler: 'index.handler',
      memorySize: 512,
      timeout: Duration.seconds(10),
      ...access,
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

interface Access {
  readonly code: Code;
  readonly environment: Record<string, string>;
  readonly statements: readonly PolicyStatement[];
}

/** @throws {ConfigError} If Lambda would refuse the environment as too large. */
function withSignIn(
  scope: Construct,
  { config, ledger, lambdaDirectory }: AuthorizerProps,
  signIn: SignIn,
): Access {
  const whole = signInEnvironment(signIn, userPoolIds(scope, config, signIn));
  const environment: SignInEnvironment =
    bytesOf(whole) <= signInLimitBytes || !whole.teams ? whole : { ...whole, teams: configFile };
  const bytes = bytesOf(environment);
  if (bytes > signInLimitBytes) {
    const message = `makes ${bytes} bytes of the authorizer's environment, and ${signInLimitBytes} fit; accept fewer audiences`;
    throw new ConfigError([{ path: 'signIn', message }]);
  }
  return {
    code: configuredCode(join(lambdaDirectory, 'authorizer'), signIn.teams ?? {}),
    environment: {
      [authorizerVariables.signIn]: Stack.of(scope).toJsonString(environment),
      [authorizerVariables.table]: ledger.table.tableName,
    },
    statements: ledger.statements({ actions: ['dynamodb:GetItem'], partitions: partitionsOf.authorizer }),
  };
}

function bytesOf(environment: SignInEnvironment): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(environment)));
}

function userPoolIds(scope: Construct, config: ProxyConfig, signIn: SignIn): UserPoolIds | undefined {
  if (!('cognito' in signIn)) return undefined;
  if (signIn.cognito === 'create') {
    const { pool, client } = new UserPool(scope, 'UserPool', { config, signIn });
    return { userPoolId: pool.userPoolId, clientIds: [client.userPoolClientId], region: config.region };
  }
  const { userPoolId, clientId } = signIn.cognito;
  const [region = ''] = userPoolId.split('_', 1);
  return { userPoolId, clientIds: clientId, region };
}
