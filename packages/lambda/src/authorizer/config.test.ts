import { expect, test } from 'vitest';
import { readAuthorizerConfig } from './config.ts';

const signIn = { issuers: ['https://login.example.com'], audience: ['app'], claim: 'team' };
const environment = { PROXY_TABLE: 'table', PROXY_SIGN_IN: JSON.stringify(signIn) };

test('the environment says which tokens are accepted', () => {
  expect(readAuthorizerConfig(environment)).toEqual({ ...signIn, jwksUri: undefined, table: 'table' });
});

test("the variable for the signing keys' URL overrides the deployment's URL", () => {
  const config = readAuthorizerConfig({
    ...environment,
    PROXY_SIGN_IN: JSON.stringify({ ...signIn, jwksUri: 'https://login.example.com/keys' }),
    PROXY_SIGN_IN_JWKS_URL: 'http://127.0.0.1:4000/keys',
  });
  expect(config.jwksUri).toBe('http://127.0.0.1:4000/keys');
});

test('teams that do not fit into the environment are read from the file that it names', () => {
  const inFile = { ...environment, PROXY_SIGN_IN: JSON.stringify({ ...signIn, teams: 'config.json' }) };
  expect(readAuthorizerConfig(inFile, () => '{"staff":"toll"}').teams).toEqual({ staff: 'toll' });
  expect(() => readAuthorizerConfig(inFile, () => '{')).toThrow('The file config.json is not valid');
});

test.each([
  ['PROXY_TABLE', { PROXY_TABLE: undefined }],
  ['PROXY_SIGN_IN', { PROXY_SIGN_IN: undefined }],
  ['PROXY_SIGN_IN', { PROXY_SIGN_IN: '{' }],
  ['PROXY_SIGN_IN', { PROXY_SIGN_IN: JSON.stringify({ ...signIn, audience: [] }) }],
])('a deployment without a good %s fails at its first start, and says so', (variable, change) => {
  expect(() => readAuthorizerConfig({ ...environment, ...change })).toThrow(variable);
});
