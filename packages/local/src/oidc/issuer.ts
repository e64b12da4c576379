import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { SignInEnvironment } from '@org/lambda/authorizer-environment';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { closeServer, listenOnLoopback } from '../loopback.ts';

/** An issuer of sign-in tokens on loopback, for development and tests. Any caller gets any token. */
export interface LocalIssuer {
  /** Without a trailing slash. */
  readonly url: string;
  /** The port that it was meant to have, if another program has it. */
  readonly takenPort: number | undefined;
  /** URL of its public keys. */
  readonly jwksUrl: string;
  /** The number of requests for its public keys. */
  readonly keyRequests: number;
  /** From now on, signs as the issuer that a deployment trusts. */
  standFor(signIn: SignInEnvironment): void;
  /** A token for a team that the deployment accepts. `claims` override the default ones; `undefined` removes one. */
  issue(team: string, claims?: Claims, header?: Partial<JWTHeaderParameters>): Promise<string>;
  close(): Promise<void>;
}

type Claims = Readonly<Record<string, unknown>>;

const algorithm = 'ES256';
const keyId = 'local';

/** A token's lifetime in seconds. */
const lifetimeSeconds = 3600;

/**
 * @param preferredPort What it listens on if no other program does; else a free port.
 */
export async function startIssuer(preferredPort = 0): Promise<LocalIssuer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: keyId, alg: algorithm, use: 'sig' }] };
  let keyRequests = 0;
  let trusted: SignInEnvironment | undefined;

  const issue: LocalIssuer['issue'] = async (team, claims = {}, header = {}) => {
    if (!trusted) throw new Error('The local issuer has no deployment to sign for yet.');
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, exp: now + lifetimeSeconds };
    return new SignJWT({ ...times, ...defaultClaims(trusted, team), ...claims })
      .setProtectedHeader({ alg: algorithm, kid: keyId, ...header })
      .sign(privateKey);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', url);
    switch (`${request.method} ${pathname}`) {
      case 'GET /keys':
        keyRequests += 1;
        json(response, 200, jwks);
        return;
      case 'GET /.well-known/openid-configuration':
        json(response, 200, {
          issuer: trusted?.issuers[0],
          jwks_uri: `${url}/keys`,
          token_endpoint: `${url}/token`,
        });
        return;
      case 'POST /token':
      case 'POST /jwt': {
        const form = new URLSearchParams(await text(request));
        const team = form.get('team');
        if (team === null) {
          json(response, 400, { error: 'invalid_request', error_description: 'Name the team: team=NAME' });
          return;
        }
        const token = await issue(team);
        // For a shell, which would have to take it out of the JSON.
        if (pathname === '/jwt') response.writeHead(200, { 'content-type': 'application/jwt' }).end(token);
        else json(response, 200, { access_token: token, token_type: 'Bearer', expires_in: lifetimeSeconds });
        return;
      }
      default:
        json(response, 404, { error: 'not_found' });
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  let takenPort: number | undefined;
  const url = await listenOnLoopback(server, preferredPort).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    takenPort = preferredPort;
    return listenOnLoopback(server);
  });
  return {
    url,
    takenPort,
    jwksUrl: `${url}/keys`,
    get keyRequests() {
      return keyRequests;
    },
    standFor(signIn) {
      trusted = signIn;
    },
    issue,
    close: () => closeServer(server),
  };
}

/** The claims that the deployment checks. */
function defaultClaims(signIn: SignInEnvironment, team: string): Record<string, unknown> {
  const { issuers, audience, tokenUse, claim, teams } = signIn;
  const value = Object.entries(teams ?? {}).find(([, mapped]) => mapped === team)?.[0] ?? team;
  return {
    iss: issuers[0],
    sub: `local-user-of-${team}`,
    ...(tokenUse === undefined ? {} : { token_use: tokenUse }),
    ...(tokenUse === 'access' ? { client_id: audience[0] } : { aud: audience[0] }),
    [claim]: claim === 'cognito:groups' ? [value] : value,
  };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
