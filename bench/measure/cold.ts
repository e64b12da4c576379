import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inTurns } from './turns.ts';

/** Milliseconds of one cold start, and MiB of the process after all its calls. */
export interface ColdStart {
  readonly import: number;
  readonly call: number;
  readonly memory: number;
}

/** A file to start, and the argument of its first call. */
export interface ColdSubject {
  readonly file: string;
  readonly argument: object | string;
}

/** Starts each in fresh processes, after one start that only reads the file into memory.
 *
 * @param calls How often each is called. Default: once.
 */
export function measureCold<Name>(
  subjects: ReadonlyMap<Name, ColdSubject>,
  environment: NodeJS.ProcessEnv = process.env,
  { measured = 30, calls = 1 } = {},
): Promise<ReadonlyMap<Name, readonly ColdStart[]>> {
  return inTurns([...subjects.keys()], { warmUp: 1, measured }, async (name): Promise<ColdStart> => {
    const { file = '', argument } = subjects.get(name) ?? {};
    const args = [join(import.meta.dirname, 'cold-start.mjs'), file, JSON.stringify(argument), String(calls)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment });
    // A function's log line comes before it.
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  });
}

/** Import and first call together. */
export function wholeOf(starts: readonly ColdStart[] = []): number[] {
  return starts.map((start) => start.import + start.call);
}
