import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { installation } from '@org/installation';
import type { FunctionDefinition } from '../template/functions.ts';
import { functionEnvironment } from './environment.ts';
import { LineSplitter } from './line-splitter.ts';
import type { LogLine, OnLog } from './log.ts';
import type { FunctionError, Invocation, WorkerCommand, WorkerMessage, WorkerStart } from './messages.ts';
import { type CallOutcome, failed } from './outcome.ts';
import type { ResponseSink } from './response-sink.ts';

export interface ExecutionEnvironmentOptions {
  readonly region: string;
  /** Added to the function's environment; wins over the template's. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLog: OnLog;
  /** Called once, when it takes no more calls. */
  readonly onRetired: (environment: ExecutionEnvironment) => void;
  /** Called once, when its worker is gone. */
  readonly onEnded: (environment: ExecutionEnvironment) => void;
}

interface RunningCall {
  readonly sink: ResponseSink;
  readonly settle: (outcome: CallOutcome) => void;
  readonly timer: NodeJS.Timeout;
}

/** A thread has its own; without it, every worker compiles the function again. */
const { NODE_COMPILE_CACHE } = process.env;
const compileCache = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

/** Lambda's limit on initialization. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const initTimeoutMs = 10_000;

/**
 * One worker thread that runs one function, with an environment, globals and output of its own.
 *
 * A call over the function's timeout fails, and the worker is retired: it gets no new call, and ends as soon as the
 * calls that it still has are done or timed out themselves.
 */
export class ExecutionEnvironment {
  readonly #definition: FunctionDefinition;
  readonly #options: ExecutionEnvironmentOptions;
  readonly #worker: Worker;
  readonly #logStreamName = `local/[$LATEST]${randomBytes(16).toString('hex')}`;
  readonly #calls = new Map<number, RunningCall>();
  readonly #initialized: Promise<FunctionError | undefined>;
  readonly #outputs: Readonly<Record<'stdout' | 'stderr', LineSplitter>> = {
    stdout: new LineSplitter((line) => this.#log('stdout', line)),
    stderr: new LineSplitter((line) => this.#log('stderr', line)),
  };
  #load = 0;
  #lastCall = 0;
  #retired = false;
  #ended = false;

  constructor(definition: FunctionDefinition, options: ExecutionEnvironmentOptions) {
    this.#definition = definition;
    this.#options = options;
    const workerData: WorkerStart = { directory: definition.directory, handler: definition.handler };
    this.#worker = new Worker(installation.worker, {
      workerData,
      env: {
        ...functionEnvironment(definition, {
          region: options.region,
          logStreamName: this.#logStreamName,
          extra: options.environment,
        }),
        ...compileCache,
      },
      execArgv: [],
      // What is written comes as messages; unread, these would be printed too.
      stdout: true,
      stderr: true,
    });
    this.#initialized = this.#listen();
  }

  /** Calls that it has now, those that wait for its start included. */
  get load(): number {
    return this.#load;
  }

  /** Gives the answer to `sink` as it comes, and resolves when the function is done, which may be later. */
  async invoke(event: string, awsRequestId: string, sink: ResponseSink): Promise<CallOutcome> {
    this.#load += 1;
    try {
      const initError = await this.#initialized;
      if (initError !== undefined) {
        return { kind: 'failed', error: initError };
      }
      return this.#ended ? killed : await this.#run(event, awsRequestId, sink);
    } finally {
      this.#load -= 1;
      if (this.#retired && this.#load === 0) {
        void this.terminate();
      }
    }
  }

  /** Ends the worker now; calls in flight fail. */
  async terminate(): Promise<void> {
    this.#end(killed);
    await this.#worker.terminate();
  }

  #listen(): Promise<FunctionError | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        initFailed({
          errorType: 'Sandbox.Timedout',
          errorMessage: `Init timed out after ${initTimeoutMs / 1000} seconds`,
          trace: [],
        });
      }, initTimeoutMs);
      const initFailed = (error: FunctionError): void => {
        clearTimeout(timer);
        this.#platform(`INIT_REPORT Status: error ${JSON.stringify(error)}`);
        this.#end({ kind: 'failed', error });
        resolve(error);
        void this.#worker.terminate();
      };
      this.#worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'ready') {
          clearTimeout(timer);
          resolve(undefined);
        } else if (message.kind === 'init-failed') {
          initFailed(message.error);
        } else if (message.kind === 'wrote') {
          this.#outputs[message.stream].write(message.text);
        } else {
          this.#hear(message);
        }
      });
      this.#worker.on('error', (error) => {
        this.#platform(`Uncaught ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      });
      this.#worker.on('exit', (code) => {
        clearTimeout(timer);
        for (const output of Object.values(this.#outputs)) output.end();
        const exited = { errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with code ${code}` };
        if (!this.#ended) {
          this.#platform(`${exited.errorType}: ${exited.errorMessage}`);
        }
        this.#end(failed(exited.errorType, exited.errorMessage));
        // Without effect where it had started.
        resolve({ ...exited, trace: [] });
        this.#options.onEnded(this);
      });
    });
  }

  #run(event: string, awsRequestId: string, sink: ResponseSink): Promise<CallOutcome> {
    return new Promise((resolve) => {
      this.#lastCall += 1;
      const call = this.#lastCall;
      const { timeoutMs } = this.#definition;
      const timer = setTimeout(() => {
        this.#calls.delete(call);
        this.#retire();
        const message = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
        this.#platform(`${awsRequestId} ${message}`);
        resolve(failed('Sandbox.Timedout', message));
      }, timeoutMs);
      this.#calls.set(call, { sink, settle: resolve, timer });
      const invocation: Invocation = {
        call,
        event,
        deadline: Date.now() + timeoutMs,
        awsRequestId,
        traceHeader: traceHeader(this.#definition.traced, Date.now()),
        functionName: this.#definition.name,
        functionArn: this.#definition.arn,
        memoryMb: this.#definition.memoryMb,
        logGroupName: this.#definition.logGroup,
        logStreamName: this.#logStreamName,
      };
      this.#tell({ kind: 'invoke', invocation });
    });
  }

  #hear(message: Extract<WorkerMessage, { call: number }>): void {
    const { call } = message;
    const running = this.#calls.get(call);
    // A call that timed out may still go on.
    if (running === undefined) {
      return;
    }
    switch (message.kind) {
      case 'answered':
        running.sink.chunk(Buffer.from(message.payload), () => {});
        running.sink.end();
        this.#finish(call, running, { kind: 'returned' });
        return;
      case 'chunk':
        running.sink.chunk(message.bytes, () => this.#tell({ kind: 'accepted', call }));
        return;
      case 'ended':
        running.sink.end();
        return;
      case 'returned':
        this.#finish(call, running, { kind: 'returned' });
        return;
      case 'threw':
        this.#platform(`Invoke Error ${JSON.stringify(message.error)}`);
        this.#finish(call, running, { kind: 'failed', error: message.error });
    }
  }

  #finish(call: number, { settle, timer }: RunningCall, outcome: CallOutcome): void {
    this.#calls.delete(call);
    clearTimeout(timer);
    settle(outcome);
  }

  #tell(command: WorkerCommand): void {
    this.#worker.postMessage(command);
  }

  #end(outcome: CallOutcome): void {
    this.#ended = true;
    this.#retire();
    for (const { settle, timer } of this.#calls.values()) {
      clearTimeout(timer);
      settle(outcome);
    }
    this.#calls.clear();
  }

  #retire(): void {
    if (!this.#retired) {
      this.#retired = true;
      this.#options.onRetired(this);
    }
  }

  #platform(line: string): void {
    this.#log('platform', line);
  }

  #log(stream: LogLine['stream'], line: string): void {
    this.#options.onLog({ function: this.#definition.name, stream, line });
  }
}

/**
 * The identity of a new trace, as Lambda gives it to a function. X-Ray samples some calls of a traced function; here it is all.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
function traceHeader(sampled: boolean, now: number): string {
  const began = Math.trunc(now / 1000).toString(16);
  const [trace, parent] = [randomBytes(12).toString('hex'), randomBytes(8).toString('hex')];
  return `Root=1-${began}-${trace};Parent=${parent};Sampled=${sampled ? 1 : 0}`;
}

const killed = failed('Runtime.ExitError', 'The worker was ended');
