import { describe, expect, test } from 'vitest';
import shipped from '../../proxy.config.ts';
import { parseProxyConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

const withSignIn = (signIn: unknown) => parseProxyConfig({ ...shipped, signIn });

const oidc = { issuer: 'https://login.example.com/tenant', audience: 'app' };
const pool = { userPoolId: 'us-east-1_a1B2c3D4e', clientId: 'client' };

describe('a config', () => {
  test('has no sign-in unless it says so', () => {
    expect(shipped.signIn).toBeUndefined();
  });

  test.each([
    [{ cognito: 'create' }, { cognito: 'create', tokenUse: 'access', claim: 'cognito:groups' }],
    [
      { cognito: pool, tokenUse: 'id', claim: 'custom:team' },
      { cognito: { ...pool, clientId: ['client'] }, tokenUse: 'id', claim: 'custom:team' },
    ],
    [oidc, { ...oidc, audience: ['app'], claim: 'team' }],
    [
      {
        ...oidc,
        audience: ['a', 'b'],
        jwksUri: 'https://keys.example.com/all',
        claim: 'groups',
        teams: { g: 'toll' },
      },
      {
        ...oidc,
        audience: ['a', 'b'],
        jwksUri: 'https://keys.example.com/all',
        claim: 'groups',
        teams: { g: 'toll' },
      },
    ],
  ])('%j gets its defaults, and a checked one passes unchanged', (authored, checked) => {
    const config = withSignIn(authored);
    expect(config.signIn).toEqual(checked);
    expect(parseProxyConfig(config)).toEqual(config);
  });
});

test.each([
  [{}, 'signIn: must have either cognito'],
  [{ ...oidc, cognito: 'create' }, 'signIn: must have either cognito'],
  [{ cognito: 'make' }, 'signIn.cognito: must be an object or "create"'],
  [
    { cognito: { userPoolId: 'us-east-1_a1B2c3D4e' } },
    'signIn.cognito.clientId: must be a string or an array',
  ],
  [
    { cognito: { ...pool, userPoolId: 'a pool' } },
    'signIn.cognito.userPoolId: must be the id of a user pool',
  ],
  [{ cognito: 'create', audience: 'app' }, 'signIn.audience: is for an issuer'],
  [{ cognito: 'create', jwksUri: 'https://keys.example.com' }, 'signIn.jwksUri: is for an issuer'],
  [{ issuer: oidc.issuer }, 'signIn.audience: is missing'],
  [{ ...oidc, audience: [] }, 'signIn.audience: must name at least one'],
  [{ ...oidc, audience: '' }, 'signIn.audience: must not be empty'],
  [{ ...oidc, issuer: 'http://login.example.com' }, 'signIn.issuer: must be an https URL'],
  [{ ...oidc, issuer: 'https://login.example.com?tenant=1' }, 'signIn.issuer: must be an https URL'],
  [{ ...oidc, jwksUri: 'http://keys.example.com' }, 'signIn.jwksUri: must be an https URL'],
  [{ ...oidc, tokenUse: 'id' }, 'signIn.tokenUse: is for cognito only'],
  [{ ...oidc, claim: '' }, 'signIn.claim: must not be empty'],
  [{ ...oidc, teams: {} }, 'signIn.teams: must map at least one value'],
  [{ ...oidc, teams: { staff: 'no team' } }, 'signIn.teams.staff: must be the name of a team'],
  [{ ...oidc, scope: 'ask' }, 'signIn.scope: is not a field of the config'],
])('%j is refused: %s', (signIn, message) => {
  expect(() => withSignIn(signIn)).toThrow(ConfigError);
  expect(() => withSignIn(signIn)).toThrow(message);
});
