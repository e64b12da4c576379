import type { ResponseStream } from './response-stream.ts';

/**
 * How a handler is marked as one that streams. The keys are those of the Node.js runtime, since middleware reads them.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
const streamingKey = Symbol.for('aws.lambda.runtime.handler.streaming');
const highWaterMarkKey = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

const delimiter = new Uint8Array(8);

/**
 * The runtime's global, which handlers use to stream.
 * https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
 */
export const awslambda = {
  /** Marks a handler as one that streams. `highWaterMark` is in bytes. Default: that of Node.js streams. */
  streamifyResponse<Handler extends object>(
    handler: Handler,
    options?: { highWaterMark?: unknown },
  ): Handler {
    const marks = new Map<symbol, unknown>([[streamingKey, 'response']]);
    if (typeof options?.highWaterMark === 'number') {
      marks.set(highWaterMarkKey, Math.trunc(options.highWaterMark));
    }
    return Object.assign(handler, Object.fromEntries(marks));
  },

  HttpResponseStream: {
    /** Makes a stream begin with status and headers: as JSON and eight NUL bytes, at its first write. */
    from(stream: ResponseStream, metadata: unknown): ResponseStream {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      const prelude = JSON.stringify(metadata);
      stream._onBeforeFirstWrite = (write) => {
        write(prelude);
        write(delimiter);
      };
      return stream;
    },
  },
} as const;

/** What `streamifyResponse` left on a handler, or undefined for one that answers whole. */
export function streamingOptions(
  handler: object,
): { readonly kind: unknown; readonly highWaterMark: number | undefined } | undefined {
  const kind: unknown = Reflect.get(handler, streamingKey);
  const highWaterMark = Number(Reflect.get(handler, highWaterMarkKey));
  return kind ? { kind, highWaterMark: highWaterMark > 0 ? highWaterMark : undefined } : undefined;
}
