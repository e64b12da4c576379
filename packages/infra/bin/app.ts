import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ConfigError } from '../src/config-error.ts';
import { loadProxyConfig } from '../src/config-file.ts';
import { synthesize } from '../src/synthesize.ts';

// An app of its own, for only an app can read the CLI's `-c config=path`.
const file: unknown = new App({ autoSynth: false }).node.tryGetContext('config');

try {
  const config = await loadProxyConfig(typeof file === 'string' ? file : undefined);
  synthesize(config, {
    outdir: process.env['CDK_OUTDIR'] ?? resolve(import.meta.dirname, '../cdk.out'),
  });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
