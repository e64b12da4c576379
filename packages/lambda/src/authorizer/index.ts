import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FreshConnections } from '../upstream/fresh-connections.ts';
import { createAuthorizer } from './authorizer.ts';
import { readAuthorizerConfig } from './config.ts';
import { fetchJson } from './fetch-json.ts';
import { createSignIn } from './sign-in.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createTeamKeys } from './team-keys.ts';
import { createTokenVerifier } from './token-verifier.ts';

/** Everything that can fail for a wrong deployment fails here, at init, and not at the first request. */
const config = readAuthorizerConfig(process.env);

const client = new DynamoDBClient({
  // A read may be tried again.
  maxAttempts: 2,
  requestHandler: new FreshConnections(
    { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
    Date.now,
  ),
});

const verify = createTokenVerifier(config, createSigningKeys({ config, fetchJson, now: Date.now }));
const teamKeys = createTeamKeys({ client, table: config.table, now: Date.now });

/** Answers API Gateway's question who is calling, where callers may sign in. */
export const handler = createAuthorizer({
  signIn: createSignIn({ config, verify, teamKeys }),
  write: (line) => process.stdout.write(line),
  now: Date.now,
});
