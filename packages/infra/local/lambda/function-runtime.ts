import type { FunctionDefinition } from '../template/functions.ts';
import { ExecutionEnvironment } from './execution-environment.ts';
import type { OnLog } from './log.ts';
import { failed, type Outcome } from './outcome.ts';

export interface FunctionRuntimeOptions {
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLog: OnLog;
  /** Calls that one worker may run at once. Lambda's is 1. */
  readonly callsPerWorker: number;
}

/** Lambda's limits on a synchronous call. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maximumEventBytes = 6_291_456;
const maximumResponseBytes = 6_291_556;

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

  /** Calls the function with the JSON of an event. */
  async invoke(event: string, awsRequestId: string): Promise<Outcome> {
    if (Buffer.byteLength(event) > maximumEventBytes) {
      return { kind: 'too-large' };
    }
    if (this.#running >= (this.#definition.reservedConcurrency ?? Number.POSITIVE_INFINITY)) {
      return { kind: 'throttled' };
    }
    this.#running += 1;
    try {
      const outcome = await this.#environment().invoke(event, awsRequestId);
      return outcome.kind === 'returned' && Buffer.byteLength(outcome.payload) > maximumResponseBytes
        ? failed(
            'Function.ResponseSizeTooLarge',
            `Response payload size exceeded maximum allowed payload size (${maximumResponseBytes} bytes).`,
          )
        : outcome;
    } finally {
      this.#running -= 1;
    }
  }

  /** Ends every worker now; calls in flight fail, and the next call starts afresh. */
  async kill(): Promise<void> {
    await Promise.all([...this.#alive].map((environment) => environment.terminate()));
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
