import { text } from 'node:stream/consumers';
import { HttpRequest } from '@smithy/core/protocols';
import { Hash } from '@smithy/core/serde';
import { SignatureV4, type SignatureV4Init } from '@smithy/signature-v4';
import type { FreshConnections } from './upstream/fresh-connections.ts';

export interface ServiceOptions extends Pick<SignatureV4Init, 'region' | 'credentials'> {
  /** Its name in signatures, such as `s3`. */
  readonly service: string;
  /** Its host name, such as `sns.us-east-1.amazonaws.com`. */
  readonly host: string;
  /** URL of another server that answers in its place. Default: the host. */
  readonly endpoint?: string | undefined;
  readonly handler: Pick<FreshConnections, 'handle'>;
}

export interface SentRequest {
  readonly method: 'PUT' | 'POST';
  /** Encoded, as it is sent. */
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** An answer of a service that is not a success. Its name is the code of the service's error. */
export class RefusedRequest extends Error {}

/** Sends one request, or rejects: with a {@link RefusedRequest} if the service answered. */
export type SendSigned = (request: SentRequest, signal: AbortSignal) => Promise<void>;

/**
 * Sends requests to a service of AWS that speaks XML. The SDK's client for S3 would be a third of the function; this is its
 * signer and its connection.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function createSendSigned({
  service,
  host,
  endpoint,
  handler,
  ...identity
}: ServiceOptions): SendSigned {
  const { protocol, hostname, port } = new URL(endpoint ?? `https://${host}`);
  const signer = new SignatureV4({
    ...identity,
    service,
    sha256: Hash.bind(null, 'sha256'),
    // As S3 alone wants it; of the others only the path / is called, which is the same encoded twice.
    uriEscapePath: false,
  });
  return async ({ method, path, contentType, body }, abortSignal) => {
    const request = new HttpRequest({
      ...{ method, protocol, hostname, ...(port !== '' && { port: Number(port) }) },
      path,
      headers: { host, 'content-type': contentType, 'content-length': String(body.byteLength) },
      body,
    });
    const { response } = await handler.handle(HttpRequest.clone(await signer.sign(request)), {
      abortSignal,
    });
    const said = await text(response.body);
    if (response.statusCode === 200) return;
    const [, name = `${service} ${response.statusCode}`] = /<Code>(\w+)<\/Code>/.exec(said) ?? [];
    throw Object.assign(new RefusedRequest(`${service} answered ${response.statusCode}`), { name });
  };
}
