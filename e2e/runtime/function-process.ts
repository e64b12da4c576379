import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type FunctionDefinition, functionEnvironment } from '@org/local';
import { type Posted, startRuntimeApi } from './runtime-api.ts';

/** A function under AWS's own runtime interface client. */
export interface FunctionProcess {
  /** Resolves when the answer begins. */
  invoke(event: object): Promise<Posted>;
  /** The client's report of a failed init. */
  initError(): Promise<unknown>;
  /** Ends the process. Resolves to the lines that it wrote to standard output. */
  stop(): Promise<string[]>;
}

/**
 * The `index.mjs` of an aws-lambda-ric installed with its native part, to run it in place of ours:
 * `npm i aws-lambda-ric` compiles it on Linux if cmake, make and a C++ compiler are installed.
 */
const compiled = process.env['AWS_LAMBDA_RIC'];

const client = compiled
  ? [compiled]
  : [
      '--import',
      join(import.meta.dirname, 'without-native-client.ts'),
      fileURLToPath(import.meta.resolve('aws-lambda-ric')),
    ];

/** Starts a function in its own process, with Lambda's environment and without this process's. */
export async function startFunction(
  definition: FunctionDefinition,
  { region, environment }: { region: string; environment: Readonly<Record<string, string>> },
): Promise<FunctionProcess> {
  const runtimeApi = await startRuntimeApi(definition.arn);
  const child = spawn(process.execPath, client, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...functionEnvironment(definition, { region, logStreamName: 'test', extra: environment }),
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      AWS_LAMBDA_RUNTIME_API: runtimeApi.address,
    },
  });
  const output = text(child.stdout);
  const errors = text(child.stderr);
  const closed = once(child, 'close');
  const died = closed.then(async () => {
    throw new Error(`The function's process ended before it answered.\n${await errors}`);
  });
  // Calls that wait for an answer get the error. If there are none, the end was intended.
  died.catch(() => {});

  return {
    invoke: (event) => Promise.race([runtimeApi.invoke(event), died]),
    initError: () => Promise.race([runtimeApi.initError, died]),
    async stop() {
      child.kill();
      await closed;
      await runtimeApi.close();
      return (await output).split('\n').slice(0, -1);
    },
  };
}
