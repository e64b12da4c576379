import { createSign } from 'node:crypto';
import { signingKey } from './signing-key.ts';

/** What SNS posts to a webhook, without its signature. */
export interface Unsigned {
  readonly Type: 'Notification' | 'SubscriptionConfirmation';
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Message: string;
  /** ISO 8601. */
  readonly Timestamp: string;
  readonly Subject?: string;
  /** Only of a confirmation. */
  readonly SubscribeURL?: string;
  readonly Token?: string;
  /** These two are not signed. */
  readonly UnsubscribeURL?: string;
  readonly MessageAttributes?: object;
}

/** The fields that are signed, in order. */
const signedFields = [
  ...['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
] as const;

/**
 * A message with its signature, version 2: over SHA-256.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
export function signedMessage(message: Unsigned, certificateUrl: string) {
  const fields: Readonly<Record<string, unknown>> = { ...message };
  const text = signedFields
    .filter((name) => fields[name] !== undefined)
    .map((name) => `${name}\n${fields[name]}\n`)
    .join('');
  return {
    ...message,
    SignatureVersion: '2',
    Signature: createSign('RSA-SHA256').update(text).sign(signingKey, 'base64'),
    SigningCertURL: certificateUrl,
  };
}
