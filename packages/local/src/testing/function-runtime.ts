import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { LogLine } from '../lambda/log.ts';
import type { FunctionDefinition } from '../template/functions.ts';

type Options = Partial<FunctionDefinition> & {
  readonly callsPerWorker?: number;
  /** The module's file name. Default: `index.mjs`. */
  readonly file?: string;
  /** Gets the lines that the function writes. */
  readonly lines?: LogLine[];
};

/** Runs a module with the export `handler` until the test is over. */
export function runtimeOf(
  source: string,
  { callsPerWorker = Number.POSITIVE_INFINITY, file = 'index.mjs', lines = [], ...definition }: Options = {},
): FunctionRuntime {
  const directory = mkdtempSync(join(tmpdir(), 'function-runtime-'));
  writeFileSync(join(directory, file), source);
  const runtime = new FunctionRuntime(
    {
      logicalId: 'Function',
      name: 'function',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:function',
      handler: 'index.handler',
      directory,
      timeoutMs: 10_000,
      memoryMb: 128,
      environment: {},
      reservedConcurrency: undefined,
      traced: false,
      logGroup: '/aws/lambda/function',
      ...definition,
    },
    { region: 'us-east-1', environment: {}, onLog: (line) => lines.push(line), callsPerWorker },
  );
  onTestFinished(async () => {
    await runtime.kill();
    rmSync(directory, { recursive: true });
  });
  return runtime;
}
