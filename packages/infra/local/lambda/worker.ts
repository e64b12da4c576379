/**
 * The thread that a function runs in. It is started without the workspace's export condition, so that a bundle that
 * needs it fails here as it would on Lambda.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { awslambda } from './awslambda.ts';
import { handlerContext } from './context.ts';
import { type BufferedHandler, type Handler, loadHandler, type StreamingHandler } from './load-handler.ts';
import type { FunctionError, Invocation, WorkerCommand, WorkerMessage, WorkerStart } from './messages.ts';
import { ResponseWriter } from './response-stream.ts';

const start: WorkerStart = workerData;

/** Of the calls that stream now. */
const writers = new Map<number, ResponseWriter>();

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function functionError(error: unknown): FunctionError {
  if (error instanceof Error) {
    return {
      errorType: error.name,
      errorMessage: error.message,
      trace: (error.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

/** Waits until the gateway has what was written: a call's lines are told before its outcome. */
async function flush(): Promise<void> {
  for (const output of [process.stdout, process.stderr]) {
    if (output.writableLength > 0) {
      await new Promise((resolve) => {
        output.write('', resolve);
      });
    }
  }
}

async function runBuffered(run: BufferedHandler, invocation: Invocation): Promise<void> {
  const { call } = invocation;
  const result = await run(JSON.parse(invocation.event), handlerContext(invocation));
  const payload = JSON.stringify(result) ?? 'null';
  await flush();
  say({ kind: 'chunk', call, bytes: new TextEncoder().encode(payload) });
  say({ kind: 'ended', call });
}

async function runStreaming(
  run: StreamingHandler,
  invocation: Invocation,
  highWaterMark: number | undefined,
): Promise<void> {
  const { call } = invocation;
  const writer = new ResponseWriter(
    {
      // A copy: a chunk may be a view of memory that is not the message's to send.
      send: (chunk) => say({ kind: 'chunk', call, bytes: new Uint8Array(chunk) }),
      end: async () => {
        await flush();
        say({ kind: 'ended', call });
      },
    },
    highWaterMark,
  );
  writers.set(call, writer);
  try {
    const result = run(JSON.parse(invocation.event), writer.exposed(), handlerContext(invocation));
    if (!isThenable(result)) {
      throw new Error('Streaming does not support non-async handlers.');
    }
    if ((await result) !== undefined) {
      process.stderr.write('Streaming handlers ignore return values.\n');
    }
    // A handler may return before its stream ends; the call lasts until both have happened.
    await writer.finished;
  } catch (error) {
    await writer.fail();
    throw error;
  } finally {
    writers.delete(call);
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

async function run(handler: Handler, invocation: Invocation): Promise<WorkerMessage> {
  const { call } = invocation;
  try {
    if (handler.kind === 'buffered') {
      await runBuffered(handler.run, invocation);
    } else {
      await runStreaming(handler.run, invocation, handler.highWaterMark);
    }
    return { kind: 'returned', call };
  } catch (error) {
    return { kind: 'threw', call, error: functionError(error) };
  }
}

async function invoke(handler: Handler, invocation: Invocation): Promise<void> {
  const message = await run(handler, invocation);
  await flush();
  say(message);
}

// Handlers use it while their module loads, and those that do not stream have it too.
Object.assign(globalThis, { awslambda });

try {
  const handler = await loadHandler(start.directory, start.handler);
  parentPort?.on('message', (command: WorkerCommand) => {
    if (command.kind === 'invoke') {
      void invoke(handler, command.invocation);
    } else {
      writers.get(command.call)?.accepted();
    }
  });
  say({ kind: 'ready' });
} catch (error) {
  await flush();
  say({ kind: 'init-failed', error: functionError(error) });
}
