/**
 * Milliseconds that API Gateway waits for an integration without a timeout.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
 */
export const defaultTimeoutMs = 29_000;

/** How an answer is sent: buffered until the function is done, or streamed as the function writes it. */
type TransferMode = 'BUFFERED' | 'STREAM';

/**
 * The function that an integration or an authorizer invokes by its URI; `undefined` if the URI does not invoke one.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
export function functionInvokedBy(uri: string): { functionArn: string; mode: TransferMode } | undefined {
  const [, streamed, buffered] =
    /^arn:[^/]+:apigateway:[^/]+:lambda:path\/(?:2021-11-15\/functions\/([^/]+)\/response-streaming-|2015-03-31\/functions\/([^/]+)\/)invocations$/.exec(
      uri,
    ) ?? [];
  if (streamed !== undefined) return { functionArn: streamed, mode: 'STREAM' };
  return buffered === undefined ? undefined : { functionArn: buffered, mode: 'BUFFERED' };
}
