/** Milliseconds between the bytes of a stream, at the most: where the model is silent for longer, a comment is sent. */
export const streamHeartbeatMs = 15_000;

/**
 * Milliseconds that API Gateway waits for a response: for its first byte, so for all of a whole answer; and for the
 * last byte of a stream.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
export const longestCallMs = { whole: 300_000, stream: 900_000 } as const;
