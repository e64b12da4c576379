import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { controlPlanePath, localCredentials } from '@org/admin/local-gateway';
import { ensureSignInKeys, type SignInClients } from '@org/admin/sign-in-keys';
import type { ProxyConfig } from '@org/infra/config';
import { authorizerVariables, SignInEnvironment } from '@org/lambda/authorizer-environment';
import type { LocalGateway } from '../gateway.ts';
import type { LocalIssuer } from './issuer.ts';

/** What the functions are given so that they take the keys of a local issuer for those of the one that they trust. */
export function issuerEnvironment({ jwksUrl }: LocalIssuer): Record<string, string> {
  return { [authorizerVariables.jwksUrl]: jwksUrl };
}

/**
 * Makes sign-in work on a gateway of this machine: the issuer stands for the one of the deployment, and each team of
 * the config has its key.
 *
 * @param dynamodbUrl Where the functions keep their tables.
 */
export async function setUpSignIn(
  gateway: Pick<LocalGateway, 'url' | 'functions' | 'tables'>,
  issuer: LocalIssuer,
  { config, dynamodbUrl }: { readonly config: ProxyConfig; readonly dynamodbUrl: string },
): Promise<void> {
  const text = gateway.functions
    .map(({ environment }) => environment[authorizerVariables.signIn])
    .find((value) => value !== undefined);
  const [table] = gateway.tables;
  if (text === undefined || table === undefined) throw new Error('The deployment has no sign-in.');
  issuer.standFor(SignInEnvironment.parse(JSON.parse(text)));

  const clients = signInClients(gateway, dynamodbUrl);
  await ensureSignInKeys(clients, { config, tableName: table.name });
}

/** Clients of a gateway on this machine and of its DynamoDB. */
export function signInClients(
  { url, tables }: Pick<LocalGateway, 'url' | 'tables'>,
  dynamodbUrl: string,
): SignInClients {
  const common = { region: tables[0]?.region ?? '', credentials: localCredentials };
  const endpoint = `${new URL(url).origin}${controlPlanePath}/api_gateway`;
  return {
    apiGateway: new APIGatewayClient({ ...common, endpoint }),
    dynamodb: new DynamoDBClient({ ...common, endpoint: dynamodbUrl }),
  };
}
