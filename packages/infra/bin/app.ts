import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { App } from 'aws-cdk-lib';
import { ConfigError } from '../src/config/config-error.ts';
import { loadProxyConfig } from '../src/config/config-file.ts';
import { synthesize } from '../src/stack/synthesize.ts';

// An app of its own, because only an app can read the CLI's `-c config=path`.
const fromCdk: unknown = new App({ autoSynth: false }).node.tryGetContext('config');

try {
  const { config: file } = parseArgs({ options: { config: { type: 'string' } } }).values;
  const config = await loadProxyConfig(file ?? (typeof fromCdk === 'string' ? fromCdk : undefined));
  const outdir = process.env['CDK_OUTDIR'] ?? resolve(import.meta.dirname, '../cdk.out');
  const { stackName, templateFile } = synthesize(config, { outdir });
  process.stderr.write(`${stackName}: ${relative(process.env['INIT_CWD'] ?? '.', templateFile)}\n`);
} catch (error) {
  // Anything else is a fault of this code, whose stack is of use.
  if (!(error instanceof ConfigError || (error instanceof TypeError && 'code' in error))) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
