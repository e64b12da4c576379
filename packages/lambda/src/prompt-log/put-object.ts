import { text } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import { Hash } from '@smithy/core/serde';
import { SignatureV4, type SignatureV4Init } from '@smithy/signature-v4';
import type { FreshConnections } from '../upstream/fresh-connections.ts';

/** Writes an object of JSON, or rejects with an error whose `name` says why. */
export type PutObject = (key: string, body: Uint8Array, signal: AbortSignal) => Promise<void>;

export interface BucketOptions extends Pick<SignatureV4Init, 'region' | 'credentials'> {
  /** Host name of the bucket, such as `prompts.s3.us-east-1.amazonaws.com`. */
  readonly host: string;
  /** URL of another server that answers for the bucket. Default: the bucket's host. */
  readonly endpoint?: string | undefined;
  readonly handler: Pick<FreshConnections, 'handle'>;
}

/**
 * Writes to a bucket. The SDK's client for S3 would be a third of the function; this is its signer and its connection.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function createPutObject({ host, endpoint, handler, ...identity }: BucketOptions): PutObject {
  const { protocol, hostname, port } = new URL(endpoint ?? `https://${host}`);
  const signer = new SignatureV4({
    ...identity,
    service: 's3',
    sha256: Hash.bind(null, 'sha256'),
    // S3 alone signs the path as it is sent.
    uriEscapePath: false,
  });
  return async (key, body, abortSignal) => {
    const request = new HttpRequest({
      ...{ method: 'PUT', protocol, hostname, ...(port !== '' && { port: Number(port) }) },
      path: `/${key.split('/').map(encodeURIComponent).join('/')}`,
      headers: { host, 'content-type': 'application/json', 'content-length': String(body.byteLength) },
      body,
    });
    const { response } = await handler.handle(HttpRequest.clone(await signer.sign(request)), {
      abortSignal,
    });
    const said = await text(response.body);
    if (response.statusCode === 200) return;
    const [, name = `S3 ${response.statusCode}`] = /<Code>(\w+)<\/Code>/.exec(said) ?? [];
    throw Object.assign(new Error(`S3 answered ${response.statusCode}`), { name });
  };
}
