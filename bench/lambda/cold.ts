import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Milliseconds of one cold start. */
export interface ColdStart {
  readonly import: number;
  readonly call: number;
}

/** A function to start, and what it is called with first. */
export interface ColdSubject {
  readonly file: string;
  readonly event: object;
}

const names = ['bare', 'bareAsOurs', 'unlimited', 'limited'] as const;

/** The functions whose cold starts are compared. */
export type ColdName = (typeof names)[number];

/**
 * Starts every function in fresh processes, in turns.
 *
 * @param script The built `cold-start.ts`.
 */
export async function measureCold(
  script: string,
  subjects: Readonly<Record<ColdName, ColdSubject>>,
  { runs, environment }: { runs: number; environment: Readonly<Record<string, string>> },
): Promise<Record<ColdName, ColdStart[]>> {
  const starts: Record<ColdName, ColdStart[]> = {
    bare: [],
    bareAsOurs: [],
    unlimited: [],
    limited: [],
  };
  // The first run only brings the files into memory.
  for (let run = -1; run < runs; run += 1) {
    for (const name of names) {
      const { file, event } = subjects[name];
      const { stdout } = await promisify(execFile)(process.execPath, [script, file, JSON.stringify(event)], {
        env: environment,
      });
      // Before it, the function's log line.
      const measured: ColdStart = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
      if (run >= 0) starts[name].push(measured);
    }
  }
  return starts;
}
