import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientSettings } from '@org/admin';
import type { ProxyConfig } from '@org/infra/config';
import type { Synthesized } from '@org/infra/stack';
import { installation } from '@org/installation';
import type { Cli } from '../cli.ts';
import { type Cdk, cdk } from './cdk.ts';

/** Tools of the commands that change an account. */
export interface DeployTools extends Pick<Cli, 'terminal' | 'invocation' | 'now'> {
  readonly cdk: Cdk;
  /** Builds the functions, and writes the cloud assembly of a config. */
  synthesize(config: ProxyConfig): Promise<Synthesized>;
  /** Settings for AWS clients in a Region. */
  settings(region: string): ClientSettings;
}

export const deployTools = (cli: Cli): DeployTools => ({
  terminal: cli.terminal,
  invocation: cli.invocation,
  now: cli.now,
  cdk: async (...call) => cdk(...call, await cli.typedCredentials()),
  synthesize: (config) => buildAndSynthesize(config, cli),
  settings: cli.awsSettings,
});

/** Builds the functions, and writes the cloud assembly of a config into `cdk.out` beside its file. */
export async function buildAndSynthesize(
  config: ProxyConfig,
  { configDirectory }: Pick<Cli, 'configDirectory'>,
): Promise<Synthesized> {
  await installation.buildFunctions?.();
  // Seconds to import, which no other command needs.
  const { synthesize } = await import('@org/infra/stack');
  return synthesize(config, { outdir: join(configDirectory(), 'cdk.out') });
}

/** Deploys the account's role for access logs. */
export async function setLogRole({ cdk }: DeployTools, config: ProxyConfig): Promise<void> {
  const { synthesizeAccount } = await import('@org/infra/stack');
  const outdir = await mkdtemp(join(tmpdir(), 'account-stack-'));
  try {
    const { directory, stackName } = synthesizeAccount(config, outdir);
    await cdk(['deploy', stackName, '--require-approval', 'never'], directory, config.region);
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
