import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ProxyConfig } from '../../src/config/config.ts';
import type { Synthesized } from '../../src/stack/synthesize.ts';
import type { ClientSettings } from '../aws/endpoints.ts';
import { buildFunctions, type Cdk, cdk } from './cdk.ts';

/** What the commands that change an account work with. */
export interface DeployTools {
  readonly cdk: Cdk;
  /** Builds the functions and writes the cloud assembly of a config. */
  synthesize(config: ProxyConfig): Promise<Synthesized>;
  /** For clients of the SDK in a Region. */
  settings(region: string): ClientSettings;
}

/** Where the cloud assembly goes, and `cdk` looks for it. */
const assembly = resolve(import.meta.dirname, '../../cdk.out');

export const deployTools: DeployTools = {
  cdk,
  async synthesize(config) {
    await buildFunctions();
    // Seconds to import, which no other command needs.
    const { synthesize } = await import('../../src/stack/synthesize.ts');
    return synthesize(config, { outdir: assembly });
  },
  settings: (region) => ({ region, maxAttempts: 3 }),
};

/** Deploys the role of the account's access logs. */
export async function setLogRole({ cdk }: DeployTools, region: string): Promise<void> {
  const { synthesizeAccount } = await import('../../src/stack/account-stack.ts');
  const outdir = await mkdtemp(join(tmpdir(), 'account-stack-'));
  try {
    const { directory, stackName } = synthesizeAccount(region, outdir);
    await cdk(['deploy', stackName, '--app', directory, '--require-approval', 'never'], region);
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
