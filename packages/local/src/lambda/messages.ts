/** What a worker is started with. */
export interface WorkerStart {
  /** The unzipped deployment package. */
  readonly directory: string;
  /** `file.export` */
  readonly handler: string;
}

/** One call, as the worker gets it. */
export interface Invocation {
  /** Numbers the calls of one worker. */
  readonly call: number;
  /** JSON. */
  readonly event: string;
  /** Milliseconds since the Unix epoch at which the call is cut off. */
  readonly deadline: number;
  readonly awsRequestId: string;
  /** For `_X_AMZN_TRACE_ID`. */
  readonly traceHeader: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** An error as Lambda reports it to its caller and to its log. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What the worker is asked to do. */
export type WorkerCommand =
  | { readonly kind: 'invoke'; readonly invocation: Invocation }
  /** There is room for the next chunk of this call. */
  | { readonly kind: 'accepted'; readonly call: number };

/**
 * What the worker says. The answer of a call that streams is its chunks up to `ended`; the call itself ends with
 * `returned` or `threw`, which may be later. A call that does not stream ends with its answer.
 */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-failed'; readonly error: FunctionError }
  /** To one of its outputs; not always whole lines. Before the end of the call that wrote it. */
  | { readonly kind: 'wrote'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'answered'; readonly call: number; readonly payload: string }
  | { readonly kind: 'chunk'; readonly call: number; readonly bytes: Uint8Array }
  | { readonly kind: 'ended'; readonly call: number }
  | { readonly kind: 'returned'; readonly call: number }
  | { readonly kind: 'threw'; readonly call: number; readonly error: FunctionError };
