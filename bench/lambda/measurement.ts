import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TableDefinition } from '@org/local';
import { createTables } from '@org/local/dynamodb';
import { type Backends, startBackends } from '../backends/backends.ts';
import { type Functions, importFunctions, type Subject } from './functions.ts';

/** The task of every measuring process. */
export interface TaskWithTables {
  readonly tables: readonly TableDefinition[];
}

/** The task of a measurement that compares with the bare SDK. */
export interface Task extends Subject, TaskWithTables {}

/** Runs a script of this folder in a process with a function's environment. Resolves to what it measured. */
export async function measure<Result>(
  [script, ...args]: readonly [script: string, ...args: string[]],
  task: TaskWithTables,
  environment: Readonly<Record<string, string>>,
): Promise<Result> {
  const child = fork(join(import.meta.dirname, script), args, {
    env: environment,
    execArgv: ['--conditions=@org/source', '--expose-gc'],
    // The functions' log lines are not needed.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ended (${code}) before it had measured.`);
  });
  child.send(task);
  const [result] = await Promise.race([once(child, 'message'), ended]);
  await ended.catch(() => {});
  return result;
}

/** Runs in the process: starts the backends that the functions call, and reports the result of `work`. */
export async function runTask<Given extends TaskWithTables>(
  work: (task: Given, backends: Backends) => Promise<object>,
): Promise<void> {
  const [task]: Given[] = await once(process, 'message');
  if (!task) throw new Error('There is no task.');
  const backends = await startBackends();
  await createTables(task.tables, backends.dynamodbUrl);
  process.env['AWS_ENDPOINT_URL_BEDROCK_RUNTIME'] = backends.bedrockUrl;
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = backends.dynamodbUrl;
  process.env['BEDROCK_HTTP2_URL'] = backends.bedrockHttp2Url;
  const measured = await work(task, backends);
  process.send?.(measured, () => process.exit());
}

/** The same for a comparison with the bare SDK: also imports the compared functions. */
export function runMeasurement(
  work: (functions: Functions, backends: Backends) => Promise<object>,
): Promise<void> {
  return runTask<Task>(async (task, backends) => work(await importFunctions(task), backends));
}
