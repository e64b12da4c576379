import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { checkSignInClaim } from './sign-in-claim.ts';

const pool = { userPoolId: 'us-east-1_a1B2c3D4e', clientId: ['client-1', 'client-2'] };
const findingsOf = (signIn: object) => checkSignInClaim(parseProxyConfig({ ...shipped, signIn }));

test.each(['nickname', 'preferred_username', 'custom:team'])(
  'a claim that users of your own pool may set by default is a warning: %s',
  (claim) => {
    expect(findingsOf({ cognito: pool, tokenUse: 'id', claim })).toEqual([
      {
        check: 'sign_in',
        status: 'warning',
        what: expect.stringContaining(claim),
        remedy: { kind: 'advice', text: expect.stringMatching(/cognito:groups.*client-1, client-2/) },
      },
    ]);
  },
);

test.each([
  ['groups of your own pool', { cognito: pool }],
  ['an address of your own pool, which counts only where it is verified', { cognito: pool, claim: 'email' }],
  ['a pool of the deployment, whose users cannot set it', { cognito: 'create', claim: 'nickname' }],
  ['another issuer', { issuer: 'https://login.example.com', audience: 'app', claim: 'nickname' }],
])('%s are none', (_name, signIn) => {
  expect(findingsOf(signIn)).toEqual([]);
  expect(checkSignInClaim(shipped)).toEqual([]);
});
