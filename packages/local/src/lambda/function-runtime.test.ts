import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runtimeOf } from '../testing/function-runtime.ts';
import type { FunctionRuntime } from './function-runtime.ts';
import type { LogLine } from './log.ts';

const call = (runtime: FunctionRuntime, event: unknown = {}) =>
  runtime.invoke(JSON.stringify(event), crypto.randomUUID());

const failure = (errorType: string, errorMessage: unknown = expect.any(String)) => ({
  kind: 'failed',
  error: { errorType, errorMessage, trace: expect.any(Array) },
});

test('a handler that does not exist, or takes a callback, fails every call', async () => {
  const missing = runtimeOf('', { handler: 'nowhere.handler' });
  const unexported = runtimeOf('export const other = 1;');
  const callback = runtimeOf('export const handler = (event, context, callback) => callback();');
  const broken = runtimeOf('export const handler = (');
  const unresolved = runtimeOf(`import 'not-installed'; export const handler = () => {};`);
  expect(await call(missing)).toEqual(failure('Runtime.ImportModuleError'));
  expect(await call(missing)).toEqual(failure('Runtime.ImportModuleError'));
  expect(await call(unexported)).toEqual(failure('Runtime.HandlerNotFound'));
  expect(await call(callback)).toEqual(failure('Runtime.CallbackHandlerDeprecated'));
  expect(await call(broken)).toEqual(failure('Runtime.UserCodeSyntaxError'));
  expect(await call(unresolved)).toEqual(failure('Runtime.ImportModuleError'));
});

test('a result that is not JSON fails the call, and an undefined one is null', async () => {
  const runtime = runtimeOf('export const handler = ({ big }) => (big ? 1n : undefined);');
  expect(await call(runtime, { big: true })).toEqual(failure('TypeError'));
  expect(await call(runtime)).toEqual({ kind: 'returned', payload: 'null' });
});

test('a worker with a call over its timeout takes no new call, but finishes those it has', async () => {
  const runtime = runtimeOf(
    `
    import { existsSync } from 'node:fs';
    import { setTimeout } from 'node:timers/promises';
    const instance = crypto.randomUUID();
    export const handler = async ({ ms, file }) => {
      await setTimeout(ms);
      while (file && !existsSync(file)) await setTimeout(5);
      return instance;
    };
  `,
    { timeoutMs: 2000 },
  );
  const directory = mkdtempSync(join(tmpdir(), 'function-runtime-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'finish');
  const first = await call(runtime, { ms: 0 });
  const hanging = call(runtime, { ms: 60_000 });
  await call(runtime, { ms: 1000 });
  const unhurt = call(runtime, { ms: 0, file });
  expect(await hanging).toEqual(failure('Sandbox.Timedout', 'Task timed out after 2.00 seconds'));
  const fresh = await call(runtime, { ms: 0 });
  writeFileSync(file, '');
  expect(await unhurt).toEqual(first);
  expect(fresh.kind).toBe('returned');
  expect(fresh).not.toEqual(first);
});

test('a handler that never yields is ended at its timeout', async () => {
  const runtime = runtimeOf('export const handler = () => { for (;;); };', { timeoutMs: 100 });
  expect(await call(runtime)).toEqual(failure('Sandbox.Timedout'));
  await runtime.kill();
});

test('a crash fails every call of the worker', async () => {
  const lines: LogLine[] = [];
  const runtime = runtimeOf(
    `
    import { setTimeout } from 'node:timers/promises';
    export const handler = async ({ crash }) => {
      if (crash) Promise.reject(new Error('not caught'));
      await setTimeout(60_000);
    };
  `,
    { lines },
  );
  const outcomes = await Promise.all([call(runtime), call(runtime, { crash: true })]);
  expect(outcomes).toEqual([failure('Runtime.ExitError'), failure('Runtime.ExitError')]);
  expect(lines.map(({ line }) => line).join('\n')).toContain('not caught');
});

test('a CommonJS handler works', async () => {
  const runtime = runtimeOf('module.exports = { ...{ handler: () => 1 } };', { file: 'index.cjs' });
  expect(await call(runtime)).toEqual({ kind: 'returned', payload: '1' });
});

test('a worker does not see the export condition of the workspace', async () => {
  const runtime = runtimeOf('export const handler = () => process.execArgv;');
  expect(await call(runtime)).toEqual({ kind: 'returned', payload: '[]' });
});
