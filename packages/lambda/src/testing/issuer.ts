import { type Json, safeJsonParse } from 'aws-jwt-verify/safe-json-parse';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';

export const issuerUrl = 'https://login.example.com/tenant';
export const audience = 'bedrock-proxy';

interface Overrides {
  /** Header `kid`, and the key of this name, if there is one. Default: the algorithm. */
  readonly kid?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** A field of the header that the token's reader must understand. */
  readonly critical?: string;
}

/** An issuer of tokens. It has one key for each algorithm, under the algorithm's name. */
export interface TestIssuer {
  /** Published documents by URL. A test may change them. */
  readonly documents: Map<string, Json>;
  /** URLs that were fetched, in order. */
  readonly fetched: string[];
  readonly fetchJson: (url: URL) => Promise<Json>;
  /** A token that is valid except for the overrides. A claim that is `undefined` is left out. */
  sign(algorithm: string, overrides?: Overrides): Promise<string>;
  /** A token signed with a foreign key of the same name. */
  forge(algorithm: string): Promise<string>;
  /** A token signed with HMAC, with the public key as the secret. */
  signWithPublicKey(): Promise<string>;
  /** Makes and publishes a new key pair under this name. */
  addKey(kid: string, algorithm: string): Promise<void>;
  /** No longer publishes the key of this name. */
  withdrawKey(kid: string): void;
}

const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

export const jwksUrl = `${issuerUrl}/keys`;

export async function createTestIssuer(algorithms = ['RS256', 'ES256', 'EdDSA']): Promise<TestIssuer> {
  const privateKeys = new Map<string, CryptoKey>();
  const publicKeys = new Map<string, CryptoKey>();
  const fetched: string[] = [];
  const published = new Map<string, Json>();
  const documents = new Map<string, Json>();
  const publish = () => documents.set(jwksUrl, { keys: [...published.values()] });
  documents.set(`${issuerUrl}/.well-known/openid-configuration`, { issuer: issuerUrl, jwks_uri: jwksUrl });

  const addKey = async (kid: string, alg: string): Promise<void> => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    privateKeys.set(kid, privateKey);
    publicKeys.set(kid, publicKey);
    const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
    published.set(kid, safeJsonParse(JSON.stringify(jwk)));
    publish();
  };
  for (const algorithm of algorithms) await addKey(algorithm, algorithm);

  const keyOf = (keys: Map<string, CryptoKey>, kid: string): CryptoKey => {
    const key = keys.get(kid);
    if (!key) throw new Error(`The issuer has no key ${kid}`);
    return key;
  };
  const build = (alg: string, { kid = alg, claims = {}, critical }: Overrides) =>
    new SignJWT({
      iss: issuerUrl,
      aud: audience,
      sub: 'user-1',
      exp: inAnHour(),
      team: 'toll',
      ...claims,
    }).setProtectedHeader({ alg, kid, ...(critical && { crit: [critical], [critical]: 'on' }) });

  return {
    documents,
    fetched,
    async fetchJson({ href }) {
      fetched.push(href);
      const document = documents.get(href);
      if (document === undefined) throw new Error(`${href} is not there`);
      return document;
    },
    sign(algorithm, overrides = {}) {
      const { kid = algorithm, critical } = overrides;
      const key = privateKeys.get(kid) ?? keyOf(privateKeys, algorithm);
      return build(algorithm, overrides).sign(key, critical ? { crit: { [critical]: true } } : {});
    },
    async forge(algorithm) {
      const { privateKey } = await generateKeyPair(algorithm);
      return build(algorithm, {}).sign(privateKey);
    },
    async signWithPublicKey() {
      const secret = new TextEncoder().encode(await exportSPKI(keyOf(publicKeys, 'RS256')));
      return build('HS256', { kid: 'RS256' }).sign(secret);
    },
    addKey,
    withdrawKey(kid) {
      published.delete(kid);
      publish();
    },
  };
}
