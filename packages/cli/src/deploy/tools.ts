import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientSettings } from '@org/admin';
import type { ProxyConfig } from '@org/infra/config';
import type { Synthesized } from '@org/infra/stack';
import type { Cli } from '../cli.ts';
import { type Cdk, cdk, cdkDirectory } from './cdk.ts';

/** Tools of the commands that change an account. */
export interface DeployTools extends Pick<Cli, 'terminal' | 'invocation' | 'now'> {
  readonly cdk: Cdk;
  /** Builds the functions, and writes the cloud assembly of a config. */
  synthesize(config: ProxyConfig): Promise<Synthesized>;
  /** Settings for AWS clients in a Region. */
  settings(region: string): ClientSettings;
}

/** The folder of the cloud assembly, where `cdk` looks for it. */
const assembly = join(cdkDirectory, 'cdk.out');

export const deployTools = ({ terminal, invocation, now, awsSettings }: Cli): DeployTools => ({
  terminal,
  invocation,
  now,
  cdk,
  synthesize: buildAndSynthesize,
  settings: awsSettings,
});

/** Builds the functions, and writes the cloud assembly of a config. */
export async function buildAndSynthesize(config: ProxyConfig): Promise<Synthesized> {
  // Seconds to import, which no other command needs.
  const [{ buildFunctions }, { synthesize }] = await Promise.all([
    import('@org/lambda/build'),
    import('@org/infra/stack'),
  ]);
  await buildFunctions();
  return synthesize(config, { outdir: assembly });
}

/** Deploys the account's role for access logs. */
export async function setLogRole({ cdk }: DeployTools, config: ProxyConfig): Promise<void> {
  const { synthesizeAccount } = await import('@org/infra/stack');
  const outdir = await mkdtemp(join(tmpdir(), 'account-stack-'));
  try {
    const { directory, stackName } = synthesizeAccount(config, outdir);
    await cdk(['deploy', stackName, '--app', directory, '--require-approval', 'never'], config.region);
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
