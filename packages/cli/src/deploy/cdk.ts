import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { CliError } from '../cli-error.ts';

/** Runs the CDK's own command line; resolves when it has succeeded. */
export type Cdk = (args: readonly string[], region: string) => Promise<void>;

const repository = resolve(import.meta.dirname, '../../../..');

/** The folder of the CDK's settings and of the cloud assembly. */
export const cdkDirectory = resolve(repository, 'packages/infra');

/**
 * The pinned CDK, installed if necessary. Its output goes to standard error, because it is progress
 * and not a result.
 */
export const cdk: Cdk = (args, region) =>
  new Promise((done, fail) => {
    const bootstrap = resolve(repository, 'scripts/bootstrap.mjs');
    const program = 'tools/cdk/node_modules/aws-cdk/bin/cdk';
    const child = spawn(process.execPath, [bootstrap, 'deploy', program, ...args], {
      cwd: cdkDirectory,
      env: { ...process.env, AWS_REGION: region },
      stdio: ['inherit', process.stderr, process.stderr],
    });
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      if (code === 0) return done();
      fail(new CliError(`cdk ${args[0]} ended with ${signal ?? code}.`, 'Its output above says why.'));
    });
  });
