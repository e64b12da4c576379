import type { ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import type { Answer } from './transactions.ts';

/** How one request goes wrong. */
export type Fault =
  /** No fault, for sequences such as a good hold and a bad settlement. */
  | { readonly kind: 'none' }
  /** Waits this many milliseconds, then applies the request and answers. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Answers with an exception and applies nothing. */
  | { readonly kind: 'exception'; readonly name: ExceptionName }
  /** Takes the request, applies nothing and never answers. */
  | { readonly kind: 'stall' }
  /** Closes the connection and applies nothing. */
  | { readonly kind: 'reset' }
  /** Applies the request, and closes the connection without an answer: the caller cannot know. */
  | { readonly kind: 'reset-after' };

/**
 * Exceptions that say that nothing was written, with their status and DynamoDB's form of their type.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
const exceptions = {
  InternalServerError: [500, 'com.amazonaws.dynamodb.v20120810', 'Internal server error.'],
  ProvisionedThroughputExceededException: [
    400,
    'com.amazonaws.dynamodb.v20120810',
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your ' +
      'provisioning level with the UpdateTable API.',
  ],
  ThrottlingException: [
    400,
    'com.amazon.coral.availability',
    'Throughput exceeds the current capacity of your table or index.',
  ],
} as const;

export type ExceptionName = keyof typeof exceptions;

/** Answers as DynamoDB refuses. */
export function sendException(response: ServerResponse, name: ExceptionName): void {
  const [status, namespace, message] = exceptions[name];
  send(response, { status, body: JSON.stringify({ __type: `${namespace}#${name}`, message }) });
}

/** Answers as DynamoDB does. */
export function send(response: ServerResponse, { status, body }: Answer): void {
  response
    .writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': crypto.randomUUID(),
      'x-amz-crc32': crc32(body),
    })
    .end(body);
}
