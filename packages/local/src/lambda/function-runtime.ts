import type { FunctionDefinition } from '../template/functions.ts';
import { ExecutionEnvironment } from './execution-environment.ts';
import type { OnLog } from './log.ts';
import type { CallOutcome, Outcome, RefusedCall, StreamOutcome } from './outcome.ts';
import { PayloadBuffer, PayloadStream, type ResponseSink } from './response-sink.ts';

export interface FunctionRuntimeOptions {
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLog: OnLog;
  /** Calls that one worker may run at once. Lambda's is 1. */
  readonly callsPerWorker: number;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maximumEventBytes = 6_291_456;

/** Runs one function in as many workers as its calls need. */
export class FunctionRuntime {
  readonly #definition: FunctionDefinition;
  readonly #options: FunctionRuntimeOptions;
  /** Those that take new calls. */
  readonly #open = new Set<ExecutionEnvironment>();
  /** Those whose worker may still live. */
  readonly #alive = new Set<ExecutionEnvironment>();
  #running = 0;

  constructor(definition: FunctionDefinition, options: FunctionRuntimeOptions) {
    this.#definition = definition;
    this.#options = options;
  }

  /**
   * Calls the function with the JSON of an event, and waits for the whole answer.
   * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
   */
  async invoke(event: string, awsRequestId: string): Promise<Outcome> {
    const payload = new PayloadBuffer();
    const outcome = await this.#call(event, awsRequestId, payload);
    return outcome.kind === 'returned' ? { kind: 'returned', payload: payload.text() } : outcome;
  }

  /**
   * Calls the function with the JSON of an event, and resolves as soon as its answer begins. A handler that does not
   * stream answers in one piece. `onChunk` is called at each piece.
   * https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
   */
  async invokeWithResponseStream(
    event: string,
    awsRequestId: string,
    onChunk: () => void = () => {},
  ): Promise<StreamOutcome> {
    const payload = new PayloadStream(onChunk);
    const call = this.#call(event, awsRequestId, payload).then((outcome): StreamOutcome => {
      if (outcome.kind === 'failed') {
        payload.fail(outcome.error);
      }
      return outcome.kind === 'returned' ? { kind: 'streaming', payload } : outcome;
    });
    const begun = payload.begun.then((): StreamOutcome => ({ kind: 'streaming', payload }));
    return Promise.race([begun, call]);
  }

  /** Ends every worker now; calls in flight fail, and the next call starts afresh. */
  async kill(): Promise<void> {
    await Promise.all([...this.#alive].map((environment) => environment.terminate()));
  }

  async #call(event: string, awsRequestId: string, sink: ResponseSink): Promise<CallOutcome | RefusedCall> {
    if (Buffer.byteLength(event) > maximumEventBytes) {
      return { kind: 'too-large' };
    }
    if (this.#running >= (this.#definition.reservedConcurrency ?? Number.POSITIVE_INFINITY)) {
      return { kind: 'throttled' };
    }
    this.#running += 1;
    try {
      return await this.#environment().invoke(event, awsRequestId, sink);
    } finally {
      this.#running -= 1;
    }
  }

  #environment(): ExecutionEnvironment {
    const free = [...this.#open].find(({ load }) => load < this.#options.callsPerWorker);
    if (free !== undefined) {
      return free;
    }
    const { region, environment, onLog } = this.#options;
    const added = new ExecutionEnvironment(this.#definition, {
      region,
      environment,
      onLog,
      onRetired: (retired) => this.#open.delete(retired),
      onEnded: (ended) => this.#alive.delete(ended),
    });
    this.#open.add(added);
    this.#alive.add(added);
    return added;
  }
}
