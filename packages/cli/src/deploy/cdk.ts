import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { CliError } from '../cli-error.ts';

/** Runs the CDK's own command line; resolves when it has done what it was asked. */
export type Cdk = (args: readonly string[], region: string) => Promise<void>;

const require = createRequire(import.meta.url);
const repository = resolve(import.meta.dirname, '../../../..');

/** Where the CDK finds its settings, and the cloud assembly goes. */
export const cdkDirectory = resolve(repository, 'packages/infra');

/** The pinned CDK. What it says goes to standard error, because it is progress and not a result. */
export const cdk: Cdk = (args, region) =>
  runProgram(
    `cdk ${args[0]}`,
    process.execPath,
    [require.resolve('aws-cdk/bin/cdk'), ...args],
    cdkDirectory,
    { AWS_REGION: region, CDK_DISABLE_CLI_TELEMETRY: '1' },
  );

/** Builds what is deployed; does nothing where it is built already. */
export function buildFunctions(): Promise<void> {
  return runProgram(
    'The build of the functions',
    resolve(repository, 'node_modules/.bin/turbo'),
    ['run', 'build', '--filter=@org/lambda', '--output-logs=errors-only'],
    repository,
    { TURBO_TELEMETRY_DISABLED: '1' },
  );
}

function runProgram(
  title: string,
  program: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['inherit', process.stderr, process.stderr],
    });
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      if (code === 0) return done();
      fail(new CliError(`${title} ended with ${signal ?? code}.`, 'Its output above says why.'));
    });
  });
}
