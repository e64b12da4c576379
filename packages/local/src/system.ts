import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProxyConfig } from '@org/infra/config';
import { synthesize } from '@org/infra/stack';
import { type SimulatedBedrock, startBedrock } from './bedrock/server.ts';
import { createTables } from './dynamodb/create-tables.ts';
import { type LocalDynamoDb, startDynamoDb } from './dynamodb/server.ts';
import { type LocalGateway, type LogLine, startGateway } from './gateway.ts';
import { type LocalIssuer, startIssuer } from './oidc/issuer.ts';
import { issuerEnvironment, setUpSignIn } from './oidc/local-sign-in.ts';

/** A deployment on loopback: what would be deployed, run by the local gateway, with a Bedrock and a DynamoDB. */
export interface LocalSystem {
  readonly gateway: LocalGateway;
  /** Absent where another server answers for Bedrock. */
  readonly bedrock: SimulatedBedrock | undefined;
  /** Absent where another server keeps the tables. */
  readonly dynamodb: LocalDynamoDb | undefined;
  /** Absent where the config has no sign-in. */
  readonly issuer: LocalIssuer | undefined;
  close(): Promise<void>;
}

export interface LocalSystemOptions {
  readonly config: ProxyConfig;
  /** Port of the gateway. */
  readonly port: number;
  /** URL of a server to use in place of the simulated Bedrock. */
  readonly bedrockUrl?: string | undefined;
  /** URL of a server to use in place of the DynamoDB in memory. Tables that it does not have are made there. */
  readonly dynamodbUrl?: string | undefined;
  /** Gets every line that the functions write. */
  readonly onLog: (line: LogLine) => void;
}

/**
 * Synthesizes a config and runs the result.
 *
 * @throws {PortInUseError} If another process has the port.
 * @throws {TableCreationError} If the server for DynamoDB cannot be reached, or refuses a table.
 */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { config, port, bedrockUrl, dynamodbUrl, onLog } = options;
  const assembly = await mkdtemp(join(tmpdir(), 'bedrock-proxy-'));
  const bedrock = bedrockUrl === undefined ? await startBedrock() : undefined;
  const dynamodb = dynamodbUrl === undefined ? await startDynamoDb() : undefined;
  const issuer = config.signIn ? await startIssuer() : undefined;
  const closeRest = async () => {
    await Promise.all([bedrock?.close(), dynamodb?.close(), issuer?.close()]);
    await rm(assembly, { recursive: true, force: true });
  };
  try {
    synthesize(config, { outdir: assembly });
    const tablesUrl = dynamodbUrl ?? dynamodb?.url ?? '';
    const environment = {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl ?? bedrock?.url ?? '',
      AWS_ENDPOINT_URL_DYNAMODB: tablesUrl,
      ...(issuer ? issuerEnvironment(issuer) : {}),
    };
    const gateway = await startGateway({ assembly, port, environment, onLog });
    const close = async () => {
      await gateway.close();
      await closeRest();
    };
    try {
      await createTables(gateway.tables, tablesUrl);
      if (issuer) await setUpSignIn(gateway, issuer, { config, dynamodbUrl: tablesUrl });
    } catch (error) {
      await gateway.close();
      throw error;
    }
    return { gateway, bedrock, dynamodb, issuer, close };
  } catch (error) {
    await closeRest();
    throw error;
  }
}
