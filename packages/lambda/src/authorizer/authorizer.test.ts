import { describe, expect, test } from 'vitest';
import { audience, createTestIssuer, issuerUrl } from '../testing/issuer.ts';
import {
  type Authorizer,
  type AuthorizerEvent,
  type AuthorizerOptions,
  createAuthorizer,
} from './authorizer.ts';
import type { AuthorizerConfig } from './config.ts';
import { createSignIn } from './sign-in.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createTokenVerifier } from './token-verifier.ts';

const methodArn = 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/dev/POST/bedrock/stream';
const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;

const issuer = await createTestIssuer();

interface Fixture {
  /** Sends a whole event. */
  readonly authorizer: Authorizer;
  readonly authorize: (headers: AuthorizerEvent['headers']) => ReturnType<Authorizer>;
  readonly lines: string[];
}

function start(config: Partial<AuthorizerConfig> = {}): Fixture {
  const whole = { issuers: [issuerUrl], audience: [audience], claim: 'team', table: 'table', ...config };
  const keys = new Map([
    ['toll', 'key-of-toll-0123456789'],
    ['research', 'key-of-research-0123456789'],
  ]);
  const lines: string[] = [];
  const signIn = createSignIn({
    config: whole,
    verify: createTokenVerifier(
      whole,
      createSigningKeys({ config: whole, fetchJson: issuer.fetchJson, now: () => 0 }),
    ),
    teamKeys: async (team) => {
      if (team === 'unreadable') throw Object.assign(new Error('secret'), { name: 'TimeoutError' });
      return keys.get(team);
    },
  });
  return withAuthorizer(lines, (options) => createAuthorizer({ ...options, signIn }));
}

/** The same without sign-in. */
const startKeysOnly = () => withAuthorizer([], createAuthorizer);

function withAuthorizer(lines: string[], create: (options: AuthorizerOptions) => Authorizer): Fixture {
  const authorizer = create({
    write: (line) => lines.push(line),
    now: () => 0,
  });
  return {
    lines,
    authorizer,
    authorize: (headers) => authorizer({ headers, methodArn, requestContext: { requestId: 'r-1' } }),
  };
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

const unsigned = (header: object, payload: object): string =>
  [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
const claims = { iss: issuerUrl, aud: audience, exp: seconds(3600), team: 'toll' };

test.each(['null', '{}', '{"headers":{"x-api-key":"key"}}', '{"requestContext":{"requestId":5}}'])(
  'an event that API Gateway never sends is refused: %s',
  async (event) => {
    const { authorizer, lines } = start();
    await expect(authorizer(JSON.parse(event))).rejects.toThrow(/^Unauthorized$/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ outcome: 'refused', reason: 'missing' });
  },
);

test.each(['RS256', 'ES256', 'EdDSA'])('a token signed with %s stands for its team', async (algorithm) => {
  const { authorize } = start();
  expect(await authorize(bearer(await issuer.sign(algorithm)))).toEqual({
    principalId: expect.stringMatching(/^[\w-]{43}$/),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: 'Allow',
          Resource: 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/dev/*',
        },
      ],
    },
    usageIdentifierKey: 'key-of-toll-0123456789',
    context: { team: 'toll', person: 'user-1' },
  });
});

const refused: readonly (readonly [name: string, reason: string, token: () => string | Promise<string>])[] = [
  ['expired', 'expired', () => issuer.sign('RS256', { claims: { exp: seconds(-60) } })],
  ['without an end', 'expired', () => issuer.sign('RS256', { claims: { exp: undefined } })],
  ['not yet valid', 'not_yet_valid', () => issuer.sign('RS256', { claims: { nbf: seconds(60) } })],
  ['of another issuer', 'wrong_issuer', () => issuer.sign('RS256', { claims: { iss: `${issuerUrl}/` } })],
  ['without an issuer', 'wrong_issuer', () => issuer.sign('RS256', { claims: { iss: undefined } })],
  ['for another audience', 'wrong_audience', () => issuer.sign('RS256', { claims: { aud: ['other'] } })],
  ['without an audience', 'wrong_audience', () => issuer.sign('RS256', { claims: { aud: undefined } })],
  ['signed with a foreign key', 'bad_signature', () => issuer.forge('RS256')],
  ['signed with a foreign ES256 key', 'bad_signature', () => issuer.forge('ES256')],
  ['signed with the public key as a secret', 'wrong_algorithm', () => issuer.signWithPublicKey()],
  [
    "signed with an algorithm that is not its key's",
    'wrong_algorithm',
    () => issuer.sign('RS256').then((token) => withHeader(token, { alg: 'ES256', kid: 'RS256' })),
  ],
  ['signed with an unknown key', 'unknown_key', () => issuer.sign('RS256', { kid: 'unknown' })],
  [
    'that names no key',
    'unknown_key',
    () => issuer.sign('RS256').then((token) => withHeader(token, { alg: 'RS256' })),
  ],
  [
    'that requires an extension unknown to the authorizer',
    'unknown_extension',
    () => issuer.sign('RS256', { critical: 'x-policy' }),
  ],
  [
    'with the algorithm none',
    'wrong_algorithm',
    () => `${unsigned({ alg: 'none', kid: 'RS256' }, claims)}.AAAA`,
  ],
  ['without a signature', 'malformed', () => `${unsigned({ alg: 'none', kid: 'RS256' }, claims)}.`],
  [
    'that was changed',
    'bad_signature',
    async () => withPayload(await issuer.sign('RS256'), { ...claims, team: 'research' }),
  ],
  ['that is three words', 'malformed', () => 'not.a.token'],
  ['that is not an object', 'malformed', () => `${unsigned([], [])}.AAAA`],
  [
    'longer than a request can be',
    'missing',
    () => issuer.sign('RS256', { claims: { padding: 'x'.repeat(10_240) } }),
  ],
];

function withHeader(token: string, header: object): string {
  const [, ...rest] = token.split('.');
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
}

function withPayload(token: string, payload: object): string {
  const [header, , signature] = token.split('.');
  return [header, Buffer.from(JSON.stringify(payload)).toString('base64url'), signature].join('.');
}

test.each(refused)('a token %s is refused as %s', async (_name, reason, token) => {
  const { authorize, lines } = start();
  await expect(authorize(bearer(await token()))).rejects.toThrow(/^Unauthorized$/);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      timestamp: '1970-01-01T00:00:00.000Z',
      level: 'WARN',
      message: 'authorization',
      requestId: 'r-1',
      outcome: 'refused',
      reason,
      totalMs: 0,
    },
  ]);
});

describe.each([
  ['with sign-in', start],
  ['with keys only', startKeysOnly],
])('%s', (_which, begin) => {
  test.each([
    ['no headers', null],
    ['none of the headers', { accept: '*/*' }],
    ['an empty key', { 'x-api-key': '' }],
    ['an empty bearer', { Authorization: 'Bearer ' }],
    ['another scheme', { Authorization: 'Basic dXNlcjpwYXNz' }],
    ['a key longer than any', { 'x-api-key': 'k'.repeat(129) }],
  ])('a caller with %s is refused, and the log says that nothing usable came', async (_name, headers) => {
    const { authorize, lines } = begin();
    await expect(authorize(headers)).rejects.toThrow(/^Unauthorized$/);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ outcome: 'refused', reason: 'missing' }]);
  });

  test.each([
    ['x-api-key', { 'X-Api-Key': 'any key at all' }],
    ['Authorization', { authorization: 'bearer any-key-at-all' }],
    ['both', { 'x-api-key': 'any-key-at-all', authorization: 'Bearer any-key-at-all' }],
    [
      'x-api-key, beside another in Authorization',
      { 'x-api-key': 'any-key-at-all', authorization: 'Bearer other' },
    ],
  ])(
    'an API key in %s is passed on as it is, for API Gateway to judge, and not logged',
    async (_name, headers) => {
      const { authorize, lines } = begin();
      expect(await authorize(headers)).toMatchObject({
        principalId: 'api-key',
        usageIdentifierKey: expect.stringMatching(/^any.key.at.all$/),
      });
      expect(lines).toEqual([]);
    },
  );
});

test('without sign-in, a string that looks like a token is a key', async () => {
  expect(await startKeysOnly().authorize(bearer('a.custom.key'))).toMatchObject({
    usageIdentifierKey: 'a.custom.key',
  });
});

test('a client that supports only API keys can send a token as one', async () => {
  const result = await start().authorize({ 'x-api-key': await issuer.sign('ES256') });
  expect(result.usageIdentifierKey).toBe('key-of-toll-0123456789');
});

test.each([
  ['no claim', { team: undefined }],
  ['a claim of another kind', { team: 7 }],
  ['an unknown team', { team: 'no-team' }],
  ['a name that is not valid for a team', { team: 'toll#1' }],
  ['no group that is a team', { team: ['everyone', 'staff'] }],
])('a valid token with %s is denied', async (_name, overrides) => {
  const { authorize, lines } = start();
  const result = await authorize(bearer(await issuer.sign('RS256', { claims: overrides })));
  expect(result.policyDocument.Statement[0]).toMatchObject({ Effect: 'Deny' });
  expect(result).not.toHaveProperty('usageIdentifierKey');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ outcome: 'refused', reason: 'no_team' });
});

test.each([
  ['_claim_names', { _claim_names: { team: 'src1' }, _claim_sources: { src1: { endpoint: 'https://x' } } }],
  ['hasgroups', { hasgroups: true }],
])(
  'a token whose issuer left out too many groups is denied, and the log says the remedy: %s',
  async (_name, left) => {
    const { authorize, lines } = start({ claim: 'groups' });
    const names = { ...left, ...('_claim_names' in left && { _claim_names: { groups: 'src1' } }) };
    const token = await issuer.sign('RS256', { claims: { team: undefined, ...names } });
    expect((await authorize(bearer(token))).policyDocument.Statement[0]).toMatchObject({ Effect: 'Deny' });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      outcome: 'refused',
      reason: 'claim_left_out',
      remedy: expect.stringContaining('assigned to the app'),
    });
    // The caller named this address, so the authorizer never asks it.
    expect(issuer.fetched.every((url) => url.startsWith(issuerUrl))).toBe(true);
  },
);

test.each([
  ['email', 'email_verified'],
  ['phone_number', 'phone_number_verified'],
])('a team by %s is accepted only if the issuer has verified the claim', async (claim, verified) => {
  const { authorize, lines } = start({ claim, teams: { 'toll@example.com': 'toll' } });
  const authorizeWith = async (claims: object) =>
    authorize(bearer(await issuer.sign('RS256', { claims: { [claim]: 'toll@example.com', ...claims } })));
  for (const claims of [{}, { [verified]: false }, { [verified]: 'true' }, { [verified]: 1 }]) {
    const { policyDocument } = await authorizeWith(claims);
    expect(policyDocument.Statement[0]).toMatchObject({ Effect: 'Deny' });
    expect(JSON.parse(lines.pop() ?? '')).toMatchObject({ outcome: 'refused', reason: 'claim_not_verified' });
  }
  expect(await authorizeWith({ [verified]: true })).toMatchObject({ context: { team: 'toll' } });
});

test('if a token has several groups, the first that is a team counts', async () => {
  const { authorize } = start({ claim: 'groups' });
  const token = await issuer.sign('RS256', { claims: { groups: ['staff', 'research', 'toll'] } });
  expect(await authorize(bearer(token))).toMatchObject({ context: { team: 'research' } });
});

test('claim values can be mapped to teams, and then no other value counts', async () => {
  const { authorize } = start({ teams: { 'Toll Booths (EU)': 'toll' } });
  const mapped = await issuer.sign('RS256', { claims: { team: 'Toll Booths (EU)' } });
  expect(await authorize(bearer(mapped))).toMatchObject({ context: { team: 'toll' } });
  const own = await issuer.sign('RS256', { claims: { team: 'toll' } });
  expect((await authorize(bearer(own))).policyDocument.Statement[0]).toMatchObject({ Effect: 'Deny' });
});

test('the function learns the person, a mail address only by its hash', async () => {
  const { authorize } = start();
  const personOf = async (sub: string) =>
    (await authorize(bearer(await issuer.sign('RS256', { claims: { sub } })))).context?.['person'];
  expect(await personOf('9f86d081')).toBe('9f86d081');
  expect(await personOf('ada@example.com')).toMatch(/^sha256:[0-9a-f]{32}$/);
});

test('tokens without a subject count as one person, so that they pass no limit of a person', async () => {
  const { authorize } = start();
  const personOf = async (sub: string | undefined) =>
    (await authorize(bearer(await issuer.sign('RS256', { claims: { sub } })))).context?.['person'];
  const unknown = await personOf(undefined);
  expect(unknown).toMatch(/^[\w-]{43}$/);
  expect(await personOf(undefined)).toBe(unknown);
});

test("a person's id is the same in each request, and does not identify the person", async () => {
  const { authorize } = start();
  const ids = await Promise.all(
    ['ada@example.com', 'ada@example.com', 'bob@example.com'].map(async (sub) => {
      const token = await issuer.sign('RS256', { claims: { sub } });
      return (await authorize(bearer(token))).principalId;
    }),
  );
  expect(ids[0]).toBe(ids[1]);
  expect(ids[0]).not.toBe(ids[2]);
  expect(ids.join()).not.toContain('example');
});

test('ID tokens of a user pool are accepted if the config says so', async () => {
  const { authorize } = start({ tokenUse: 'id' });
  const sign = (aud: string) => issuer.sign('RS256', { claims: { aud, token_use: 'id' } });
  expect(await authorize(bearer(await sign(audience)))).toMatchObject({ context: { team: 'toll' } });
  await expect(authorize(bearer(await sign('other')))).rejects.toThrow(/^Unauthorized$/);
});

test('if the table cannot be read, every caller is refused and no detail is quoted', async () => {
  const { authorize, lines } = start();
  const token = await issuer.sign('RS256', { claims: { team: 'unreadable' } });
  await expect(authorize(bearer(token))).rejects.toThrow('cannot decide');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'ERROR',
    outcome: 'failed',
    failure: 'TimeoutError',
  });
  expect(lines.join()).not.toContain('secret');
});

test('the policy has room for the longest names that API Gateway allows', async () => {
  const longest = `arn:aws-us-gov:execute-api:us-gov-west-1:111122223333:a1b2c3d4e5/${'s'.repeat(128)}/POST/${'p/'.repeat(500)}`;
  const { policyDocument } = await start().authorizer({
    headers: { 'x-api-key': 'key' },
    methodArn: longest,
    requestContext: { requestId: 'r-1' },
  });
  const [statement] = policyDocument.Statement;
  expect(JSON.stringify(statement && 'Resource' in statement && statement.Resource).length).toBeLessThan(512);
});
