import { createSendSigned, type ServiceOptions } from '../signed-request.ts';

/** Writes an object of JSON, or rejects with an error whose `name` says why. */
export type PutObject = (key: string, body: Uint8Array, signal: AbortSignal) => Promise<void>;

/**
 * Writes to the bucket whose host name is given, such as `prompts.s3.us-east-1.amazonaws.com`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function createPutObject(bucket: Omit<ServiceOptions, 'service'>): PutObject {
  const send = createSendSigned({ service: 's3', ...bucket });
  return (key, body, signal) => {
    const path = `/${key.split('/').map(encodeURIComponent).join('/')}`;
    return send({ method: 'PUT', path, contentType: 'application/json', body }, signal);
  };
}
