import type { IncomingMessage } from 'node:http';
import { localCredentials } from '@org/admin/local-gateway';
import { HttpRequest } from '@smithy/core/protocols';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';

/**
 * Whether a request has the signature that a service computes for it: of its method, path, signed headers and body.
 *
 * @param service Its name in signatures. Other services than S3 are called only at the path /.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export async function isSigned(
  { method, url, headers }: IncomingMessage,
  body: Uint8Array,
  service: 's3' | 'sns',
): Promise<boolean> {
  const [, region = '', scope, names = ''] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([\w-]+)\/(\w+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=\w+$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (scope !== service) return false;
  const signed = names.split(';');
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers['x-amz-date']));
  if (!date || !signed.includes('host') || !signed.includes('x-amz-content-sha256')) return false;
  const [, year, month, day, hour, minute, second] = date;
  const [path = '/'] = (url ?? '/').split('?');
  const expected = await new SignatureV4({
    service,
    region,
    credentials: localCredentials,
    sha256: Hash.bind(null, 'sha256'),
    uriEscapePath: false,
  }).sign(
    new HttpRequest({
      ...(method !== undefined && { method }),
      // Encoded once, whatever the caller did.
      path: path.split('/').map(decodeURIComponent).map(encodeURIComponent).join('/'),
      headers: Object.fromEntries(
        signed
          .filter((name) => name !== 'x-amz-content-sha256')
          .map((name) => [name, String(headers[name] ?? '')]),
      ),
      body,
    }),
    { signingDate: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) },
  );
  return expected.headers['authorization'] === headers.authorization;
}
