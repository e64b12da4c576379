import { spawn } from 'node:child_process';
import type { AccessKey } from '@org/admin';
import { installation } from '@org/installation';
import { CliError } from '../cli-error.ts';

/** Runs a command of the CDK's own command line on a cloud assembly; resolves when it has succeeded. */
export type Cdk = (args: readonly string[], assembly: string, region: string) => Promise<void>;

/**
 * The pinned CDK. Its output goes to standard error, because it is progress and not a result.
 *
 * @param typed The credentials for which the user typed a code. Without them, the CDK finds the machine's own, and asks.
 */
export const cdk = (
  ...[args, assembly, region, typed]: [...Parameters<Cdk>, typed: AccessKey | undefined]
): Promise<void> =>
  new Promise((done, fail) => {
    const options = ['--app', assembly, '--no-notices', '--no-version-reporting'];
    const child = spawn(process.execPath, [...installation.cdk, ...args, ...options], {
      // Where no cdk.json of another app is.
      cwd: assembly,
      env: {
        ...process.env,
        AWS_REGION: region,
        CDK_DISABLE_CLI_TELEMETRY: '1',
        ...(typed && {
          AWS_ACCESS_KEY_ID: typed.accessKeyId,
          AWS_SECRET_ACCESS_KEY: typed.secretAccessKey,
          AWS_SESSION_TOKEN: typed.sessionToken,
          // It would come before them.
          AWS_PROFILE: undefined,
        }),
      },
      stdio: ['inherit', process.stderr, process.stderr],
    });
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      if (code === 0) return done();
      fail(new CliError(`cdk ${args[0]} ended with ${signal ?? code}.`, 'Its output above says why.'));
    });
  });
