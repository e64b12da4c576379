import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import { synthesize } from '@org/infra/stack';
import { type SimulatedBedrock, startBedrock } from './bedrock/server.ts';
import { type Denial, startBedrockRelay } from './bedrock-relay.ts';
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

/** What answers for Bedrock: its simulation, another server, or AWS with the credentials of this machine. */
export type Upstream =
  | { readonly kind: 'simulated' }
  | { readonly kind: 'server'; readonly url: string }
  | {
      readonly kind: 'aws';
      /** Default: Bedrock in the Region of the config. */
      readonly endpoint?: string | undefined;
      /** Called for each call that AWS did not allow. */
      readonly onDenied: (denial: Denial) => void;
    };

export interface LocalSystemOptions {
  readonly config: ProxyConfig;
  /** Port of the gateway. */
  readonly port: number;
  readonly upstream: Upstream;
  /** URL of a server to use in place of the local DynamoDB. Tables that it does not have are made there. */
  readonly dynamodbUrl?: string | undefined;
  /** Directory that counters and keys outlive this system in. It is made where it is missing. Default: in memory. */
  readonly directory?: string | undefined;
  /** Gets every line that the functions write. */
  readonly onLog: (line: LogLine) => void;
}

/**
 * Synthesizes a config and runs the result.
 *
 * @throws {PortInUseError} If another process has the port.
 * @throws {TableCreationError} If the server for DynamoDB cannot be reached, or refuses a table.
 * @throws {DirectoryError} If the tables of the directory cannot be opened.
 * @throws {KeyFileError} If the keys of the directory cannot be read.
 * @throws {CredentialsMissingError} If AWS is to answer, and this machine has no credentials for it.
 */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { config, port, upstream, dynamodbUrl, directory, onLog } = options;
  const assembly = await mkdtemp(join(tmpdir(), 'bedrock-proxy-'));
  const started: { close(): Promise<void> }[] = [];
  const starting = async <Part extends { close(): Promise<void> }>(part: Promise<Part>): Promise<Part> => {
    started.push(await part);
    return part;
  };
  const closeRest = async () => {
    await Promise.all(started.map((part) => part.close()));
    await rm(assembly, { recursive: true, force: true });
  };
  try {
    // The values of keys are in it.
    if (directory !== undefined) await mkdir(directory, { recursive: true, mode: 0o700 });
    const bedrock = upstream.kind === 'simulated' ? await starting(startBedrock()) : undefined;
    const relay =
      upstream.kind === 'aws'
        ? await starting(startBedrockRelay({ ...upstream, region: config.region }))
        : undefined;
    const bedrockUrl = upstream.kind === 'server' ? upstream.url : (bedrock ?? relay)?.url;
    const tables = directory === undefined ? undefined : join(directory, 'tables');
    const dynamodb =
      dynamodbUrl === undefined ? await starting(startDynamoDb({ directory: tables })) : undefined;
    const issuer = config.signIn ? await starting(startIssuer()) : undefined;
    const keyFile = directory === undefined ? undefined : join(directory, `${stackNameOf(config)}.keys.json`);
    synthesize(config, { outdir: assembly });
    const tablesUrl = dynamodbUrl ?? dynamodb?.url ?? '';
    const environment = {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl ?? '',
      AWS_ENDPOINT_URL_DYNAMODB: tablesUrl,
      ...(issuer ? issuerEnvironment(issuer) : {}),
    };
    const gateway = await startGateway({ assembly, port, environment, onLog, keyFile });
    const close = async () => {
      await gateway.close();
      await closeRest();
    };
    try {
      await createTables(gateway.tables, tablesUrl);
      if (issuer) await setUpSignIn(gateway, issuer, config);
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
