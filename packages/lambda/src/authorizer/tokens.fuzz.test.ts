import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyJson, mutationsOf, oddText, runs } from '../testing/fuzz.ts';
import { audience, createTestIssuer, issuerUrl, jwksUrl } from '../testing/issuer.ts';
import { type AuthorizerEvent, createAuthorizer } from './authorizer.ts';
import type { AuthorizerConfig } from './config.ts';
import { createSignIn } from './sign-in.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createTokenVerifier } from './token-verifier.ts';

const issuer = await createTestIssuer();
const config: AuthorizerConfig = {
  issuers: [issuerUrl],
  audience: [audience],
  claim: 'team',
  table: 'table',
};
const keyOfTeam = 'key-of-toll-0123456789';
const claims = {
  iss: issuerUrl,
  aud: audience,
  sub: 'user-1',
  exp: Math.floor(Date.now() / 1000) + 3600,
  team: 'toll',
};

const lines: string[] = [];
const authorize = createAuthorizer({
  signIn: createSignIn({
    config,
    verify: createTokenVerifier(
      config,
      createSigningKeys({ config, fetchJson: issuer.fetchJson, now: () => 0 }),
    ),
    teamKeys: async (team) => (team === 'toll' ? keyOfTeam : undefined),
  }),
  write: (line) => lines.push(line),
  now: () => 0,
});

/** The key under which the authorizer lets a caller in. It refuses in one of API Gateway's two ways. */
async function keyFor(headers: AuthorizerEvent['headers']): Promise<string | undefined> {
  const methodArn = 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/dev/POST/bedrock';
  lines.length = 0;
  try {
    const decided = await authorize({ headers, methodArn, requestContext: { requestId: 'r-1' } });
    const [statement] = decided.policyDocument.Statement;
    expect(statement?.Effect).toBe(decided.usageIdentifierKey === undefined ? 'Deny' : 'Allow');
    return decided.usageIdentifierKey ?? undefined;
  } catch (error) {
    if (error instanceof Error && error.message === 'Unauthorized') return undefined;
    throw error;
  } finally {
    expect(lines.length).toBeLessThanOrEqual(1);
  }
}

/** Throws if a token that is not the issuer's is accepted. */
async function checkRefused(token: string): Promise<void> {
  const key = await keyFor({ Authorization: `Bearer ${token}` });
  // A string that is not a token may be an API key, which API Gateway looks up.
  if (key !== undefined) expect(token.trim()).toBe(key);
  expect(key).not.toBe(keyOfTeam);
  expect(lines.join('')).not.toContain('user-1');
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe.each(['RS256', 'ES256', 'EdDSA'])('a token signed with %s', async (algorithm) => {
  const good = await issuer.sign(algorithm);
  const [header = '', payload = '', signature = ''] = good.split('.');
  /** Base64 can write the same signature in several ways, all of them valid. */
  const isGood = (token: string) =>
    token.trim().startsWith(`${header}.${payload}.`) &&
    Buffer.from(token.trim().split('.')[2] ?? '', 'base64url').equals(Buffer.from(signature, 'base64url'));

  test('is refused if any byte of its signature is changed', async () => {
    const bytes = Buffer.from(signature, 'base64url');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (index, change) => {
        const other = bytes.map((byte, at) => (at === index ? byte ^ change : byte));
        await checkRefused(`${header}.${payload}.${Buffer.from(other).toString('base64url')}`);
      }),
      runs(100),
    );
  });

  test('is refused with another signature, header or payload', async () => {
    const headerJson = { alg: algorithm, kid: algorithm };
    const headers = fc.oneof(
      mutationsOf({ ...headerJson, typ: 'JWT', jku: 'https://a.example', jwk: {}, x5u: 'https://a.example' }),
      fc.record({
        alg: fc.constantFrom(
          ...['none', 'None', 'HS256', 'HS512', 'RS256', 'ES256', 'EdDSA', 'PS256', 'RS1', '', null],
        ),
        kid: fc.oneof(fc.constantFrom('RS256', 'ES256', 'EdDSA', '../keys', '__proto__', null), oddText),
      }),
    );
    const payloads = fc.oneof(mutationsOf(claims), anyJson);
    const signatures = fc.oneof(
      fc.constantFrom(signature, '', 'AA', signature.slice(0, -1), `${signature}A`, `${signature}=`),
      fc.uint8Array({ maxLength: 300 }).map((random) => Buffer.from(random).toString('base64url')),
    );
    const forged = fc.oneof(
      fc.tuple(headers, fc.constant(payload), signatures).map(([h, p, s]) => `${encoded(h)}.${p}.${s}`),
      fc.tuple(fc.constant(header), payloads, signatures).map(([h, p, s]) => `${h}.${encoded(p)}.${s}`),
      fc.tuple(headers, payloads, signatures).map(([h, p, s]) => `${encoded(h)}.${encoded(p)}.${s}`),
      // Signed with public values.
      fc.constantFrom('', jwksUrl, 'RS256', JSON.stringify(issuer.documents.get(jwksUrl))).map((secret) => {
        const input = `${encoded({ alg: 'HS256', kid: algorithm })}.${payload}`;
        return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
      }),
    );
    await fc.assert(
      fc.asyncProperty(forged, async (token) => {
        fc.pre(!isGood(token));
        await checkRefused(token);
      }),
      runs(100),
    );
  });

  test('is refused if it is cut off, doubled, or has characters inserted', async () => {
    const edits = fc.tuple(fc.nat(good.length), fc.nat(3), fc.oneof(oddText, fc.constant('.')));
    await fc.assert(
      fc.asyncProperty(edits, async ([at, removed, put]) => {
        const token = good.slice(0, at) + put + good.slice(at + removed);
        fc.pre(!isGood(token));
        await checkRefused(token);
      }),
      runs(100),
    );
  });
});

test('whatever the headers, the authorizer decides, and lets no caller in as a team', async () => {
  const headers = fc.oneof(
    fc.constant(null),
    fc.dictionary(
      fc.oneof(fc.constantFrom('authorization', 'Authorization', 'X-API-KEY', 'x-api-key'), oddText),
      fc.oneof(
        oddText,
        oddText.map((value) => `Bearer ${value}`),
        fc.string({ minLength: 100, maxLength: 11_000 }),
      ),
    ),
  );
  await fc.assert(
    fc.asyncProperty(headers, async (sent) => {
      expect(await keyFor(sent)).not.toBe(keyOfTeam);
    }),
    runs(200),
  );
});
