import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProxyConfig } from '../src/config.ts';
import { synthesize } from '../src/synthesize.ts';
import { type SimulatedBedrock, startBedrock } from './bedrock/server.ts';
import { type LocalGateway, type LogLine, startGateway } from './gateway.ts';

/** A deployment on loopback: what would be deployed, run by the local gateway, in front of a Bedrock. */
export interface LocalSystem {
  readonly gateway: LocalGateway;
  /** Absent where another server answers for Bedrock. */
  readonly bedrock: SimulatedBedrock | undefined;
  close(): Promise<void>;
}

export interface LocalSystemOptions {
  readonly config: ProxyConfig;
  /** Port of the gateway. */
  readonly port: number;
  /** URL of a server to use in place of the simulated Bedrock. */
  readonly bedrockUrl?: string | undefined;
  /** Told every line that the functions write. */
  readonly onLog: (line: LogLine) => void;
}

/**
 * Synthesizes a config and runs the result.
 *
 * @throws {PortInUseError} If another process has the port.
 */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { config, port, bedrockUrl, onLog } = options;
  const assembly = await mkdtemp(join(tmpdir(), 'bedrock-proxy-'));
  const bedrock = bedrockUrl === undefined ? await startBedrock() : undefined;
  const closeRest = async () => {
    await bedrock?.close();
    await rm(assembly, { recursive: true, force: true });
  };
  try {
    synthesize(config, { outdir: assembly });
    const environment = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl ?? bedrock?.url ?? '' };
    const gateway = await startGateway({ assembly, port, environment, onLog });
    return {
      gateway,
      bedrock,
      async close() {
        await gateway.close();
        await closeRest();
      },
    };
  } catch (error) {
    await closeRest();
    throw error;
  }
}
