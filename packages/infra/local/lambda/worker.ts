/**
 * The thread that a function runs in. It is started without the workspace's export condition, so that a bundle that
 * needs it fails here as it would on Lambda.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { handlerContext } from './context.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import type { FunctionError, Invocation, WorkerMessage, WorkerStart } from './messages.ts';

const start: WorkerStart = workerData;

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

async function run(handler: Handler, invocation: Invocation): Promise<WorkerMessage> {
  const { call } = invocation;
  try {
    const result = await handler(JSON.parse(invocation.event), handlerContext(invocation));
    return { kind: 'returned', call, payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    return { kind: 'threw', call, error: functionError(error) };
  }
}

async function invoke(handler: Handler, invocation: Invocation): Promise<void> {
  const message = await run(handler, invocation);
  await flush();
  say(message);
}

try {
  const handler = await loadHandler(start.directory, start.handler);
  parentPort?.on('message', (invocation: Invocation) => {
    void invoke(handler, invocation);
  });
  say({ kind: 'ready' });
} catch (error) {
  await flush();
  say({ kind: 'init-failed', error: functionError(error) });
}
