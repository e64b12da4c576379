import { expect, test } from 'vitest';
import { audience, createTestIssuer, issuerUrl, jwksUrl, type TestIssuer } from '../testing/issuer.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createTokenVerifier, type TokenVerifier } from './token-verifier.ts';

interface Fixture {
  readonly issuer: TestIssuer;
  readonly verify: TokenVerifier;
  pass(milliseconds: number): void;
}

async function start(jwksUri?: string): Promise<Fixture> {
  const issuer = await createTestIssuer(['ES256']);
  const config = { issuers: [issuerUrl], audience: [audience], claim: 'team', table: 'table', jwksUri };
  let now = 0;
  const signingKeys = createSigningKeys({ config, fetchJson: issuer.fetchJson, now: () => now });
  return {
    issuer,
    verify: createTokenVerifier(config, signingKeys),
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
}

const discovery = `${issuerUrl}/.well-known/openid-configuration`;

test('the issuer says where its keys are, and simultaneous requests fetch them once', async () => {
  const { issuer, verify } = await start();
  const token = await issuer.sign('ES256');
  await Promise.all([verify(token), verify(token)]);
  await verify(token);
  expect(issuer.fetched).toEqual([discovery, jwksUrl]);
});

test("an issuer is not asked if its keys' URL is set", async () => {
  const { issuer, verify } = await start('https://keys.example.com/all');
  issuer.documents.set('https://keys.example.com/all', issuer.documents.get(jwksUrl) ?? null);
  await verify(await issuer.sign('ES256'));
  expect(issuer.fetched).toEqual(['https://keys.example.com/all']);
});

test('a key that the issuer withdrew is refused after a minute', async () => {
  const { issuer, verify, pass } = await start(jwksUrl);
  const token = await issuer.sign('ES256');
  await verify(token);
  issuer.withdrawKey('ES256');
  pass(59_999);
  await verify(token);
  pass(1);
  await expect(verify(token)).rejects.toMatchObject({ fault: 'unknown_key' });
});

test('a key that the issuer has just made is found', async () => {
  const { issuer, verify, pass } = await start(jwksUrl);
  await verify(await issuer.sign('ES256'));
  await issuer.addKey('new', 'ES256');
  pass(10_000);
  await verify(await issuer.sign('ES256', { kid: 'new' }));
  expect(issuer.fetched).toHaveLength(2);
});

test('a key that was replaced under the same name is replaced here too', async () => {
  const { issuer, verify, pass } = await start(jwksUrl);
  const old = await issuer.sign('ES256');
  await verify(old);
  await issuer.addKey('ES256', 'ES256');
  pass(60_000);
  await verify(await issuer.sign('ES256'));
  await expect(verify(old)).rejects.toMatchObject({ fault: 'bad_signature' });
});

test('tokens with made-up keys cause at most one request to the issuer in ten seconds', async () => {
  const { issuer, verify, pass } = await start(jwksUrl);
  const token = await issuer.sign('ES256', { kid: 'made-up' });
  for (let request = 0; request < 20; request += 1) {
    await expect(verify(token)).rejects.toMatchObject({ fault: 'unknown_key' });
    pass(1000);
  }
  expect(issuer.fetched).toHaveLength(2);
});

test('an issuer that fails is asked again only after ten seconds, however many tokens come', async () => {
  const { issuer, verify, pass } = await start(jwksUrl);
  const keys = issuer.documents.get(jwksUrl) ?? null;
  issuer.documents.delete(jwksUrl);
  const token = await issuer.sign('ES256');
  for (let request = 0; request < 100; request += 1) {
    await expect(verify(token)).rejects.toThrow("The issuer's signing keys cannot be fetched");
    pass(99);
  }
  expect(issuer.fetched).toHaveLength(1);
  issuer.documents.set(jwksUrl, keys);
  pass(100);
  await verify(token);
});

test('an issuer that fails is not asked about made-up keys more than once in ten seconds either', async () => {
  const { issuer, verify, pass } = await start(jwksUrl);
  await verify(await issuer.sign('ES256'));
  issuer.documents.delete(jwksUrl);
  pass(11_000);
  const madeUp = await issuer.sign('ES256', { kid: 'made-up' });
  for (let request = 0; request < 100; request += 1)
    await expect(verify(madeUp)).rejects.toMatchObject({ name: 'IssuerError' });
  expect(issuer.fetched).toHaveLength(2);
  // Known keys are still trusted for their minute.
  await verify(await issuer.sign('ES256'));
});

test('the pause begins when the issuer has failed, not when it was asked', async () => {
  const { issuer, verify, pass } = await start(jwksUrl);
  const keys = issuer.documents.get(jwksUrl) ?? null;
  issuer.documents.delete(jwksUrl);
  const token = await issuer.sign('ES256');
  const asked = verify(token);
  pass(6000);
  await expect(asked).rejects.toMatchObject({ name: 'IssuerError' });
  issuer.documents.set(jwksUrl, keys);
  pass(9999);
  await expect(verify(token)).rejects.toMatchObject({ name: 'IssuerError' });
  pass(1);
  await verify(token);
});

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const claims = { iss: issuerUrl, aud: audience, exp: inAnHour };
const madeUp = (header: object, payload: object = claims) => `${encoded(header)}.${encoded(payload)}.AAAA`;

test.each([
  ['three words', 'a.b.c', 'malformed'],
  ['of another algorithm', madeUp({ alg: 'HS256', kid: 'ES256' }), 'wrong_algorithm'],
  ['without an algorithm', madeUp({ kid: 'ES256' }), 'wrong_algorithm'],
  ['without the name of a key', madeUp({ alg: 'ES256' }), 'unknown_key'],
  ['with a list as the name of a key', madeUp({ alg: 'ES256', kid: ['ES256'] }), 'malformed'],
  ['of another issuer', madeUp({ alg: 'ES256', kid: 'x' }, { ...claims, iss: 'https://x' }), 'wrong_issuer'],
  ['for another audience', madeUp({ alg: 'ES256', kid: 'x' }, { ...claims, aud: 'other' }), 'wrong_audience'],
  ['that has expired', madeUp({ alg: 'ES256', kid: 'x' }, { ...claims, exp: 1 }), 'expired'],
  [
    'that requires an unknown extension',
    madeUp({ alg: 'ES256', kid: 'x', crit: ['y'] }),
    'unknown_extension',
  ],
])('a token that is refused anyway causes no request to the issuer: %s', async (_name, token, fault) => {
  const { issuer, verify } = await start(jwksUrl);
  await expect(verify(token)).rejects.toMatchObject({ fault });
  expect(issuer.fetched).toEqual([]);
});

test.each([
  ['of another issuer', { issuer: 'https://other.example.com', jwks_uri: jwksUrl }],
  ['without the keys', { issuer: issuerUrl }],
  ['that is not an object', ['?']],
])('a discovery document %s is rejected', async (_name, document) => {
  const { issuer, verify } = await start();
  issuer.documents.set(discovery, document);
  await expect(verify(await issuer.sign('ES256'))).rejects.toThrow('set jwksUri');
});

test('a document that is not a set of keys is rejected', async () => {
  const { issuer, verify } = await start(jwksUrl);
  issuer.documents.set(jwksUrl, { keys: 'none' });
  await expect(verify(await issuer.sign('ES256'))).rejects.toMatchObject({ name: 'IssuerError' });
});
