/**
 * The thread that a function runs in. It is started without the workspace's export condition, so that a bundle that
 * needs it fails here as it would on Lambda.
 */
import { StringDecoder } from 'node:string_decoder';
import { parentPort, workerData } from 'node:worker_threads';
import { awslambda } from './awslambda.ts';
import { handlerContext } from './context.ts';
import { type BufferedHandler, type Handler, loadHandler, type StreamingHandler } from './load-handler.ts';
import type { FunctionError, Invocation, WorkerCommand, WorkerMessage, WorkerStart } from './messages.ts';
import { ResponseWriter } from './response-stream.ts';

const start: WorkerStart = workerData;

// It is this thread's, and has been read. Functions on Lambda have no such variable.
delete process.env['NODE_COMPILE_CACHE'];

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

/**
 * Makes an output go the way of the answers, so that a call's lines arrive before its outcome. Over the worker's own
 * way the call would have to wait until the gateway has read them.
 */
function redirect(stream: 'stdout' | 'stderr'): void {
  const decoder = new StringDecoder();
  process[stream]._writev = (chunks, done) => {
    const bytes = chunks.map(({ chunk, encoding }) => Buffer.from(chunk, encoding));
    say({ kind: 'wrote', stream, text: decoder.write(Buffer.concat(bytes)) });
    done();
  };
}

async function runBuffered(run: BufferedHandler, invocation: Invocation): Promise<WorkerMessage> {
  const result = await run(JSON.parse(invocation.event), handlerContext(invocation));
  return { kind: 'answered', call: invocation.call, payload: JSON.stringify(result) ?? 'null' };
}

async function runStreaming(
  run: StreamingHandler,
  invocation: Invocation,
  highWaterMark: number | undefined,
): Promise<WorkerMessage> {
  const { call } = invocation;
  const writer = new ResponseWriter(
    {
      // A copy: a chunk may be a view of memory that is not the message's to send.
      send: (chunk) => say({ kind: 'chunk', call, bytes: new Uint8Array(chunk) }),
      end: () => say({ kind: 'ended', call }),
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
    return { kind: 'returned', call };
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
  // As the runtime does. A handler that reads it at once has its own, even if the worker runs several calls.
  process.env['_X_AMZN_TRACE_ID'] = invocation.traceHeader;
  try {
    return await (handler.kind === 'buffered'
      ? runBuffered(handler.run, invocation)
      : runStreaming(handler.run, invocation, handler.highWaterMark));
  } catch (error) {
    return { kind: 'threw', call: invocation.call, error: functionError(error) };
  }
}

async function invoke(handler: Handler, invocation: Invocation): Promise<void> {
  say(await run(handler, invocation));
}

redirect('stdout');
redirect('stderr');
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
  say({ kind: 'init-failed', error: functionError(error) });
}
