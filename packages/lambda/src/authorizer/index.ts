import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FreshConnections } from '../upstream/fresh-connections.ts';
import { createAuthorizer } from './authorizer.ts';
import { readAuthorizerConfig } from './config.ts';
import { fetchJson } from './fetch-json.ts';
import { createSignIn } from './sign-in.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createTeamKeys } from './team-keys.ts';
import { createTokenVerifier } from './token-verifier.ts';

/** A wrong deployment fails here, at init, and not at the first request. */
const config = readAuthorizerConfig(process.env);

const client = new DynamoDBClient({
  // A read can safely be tried again.
  maxAttempts: 2,
  requestHandler: new FreshConnections(
    { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
    Date.now,
  ),
});

const verify = createTokenVerifier(config, createSigningKeys({ config, fetchJson, now: Date.now }));
const teamKeys = createTeamKeys({ client, table: config.table, now: Date.now });

/** Identifies the caller for API Gateway, if callers can sign in. */
export const handler = createAuthorizer({
  signIn: createSignIn({ config, verify, teamKeys }),
  write: (line) => process.stdout.write(line),
  now: Date.now,
});
