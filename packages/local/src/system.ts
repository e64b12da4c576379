import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import { installation } from '@org/installation';
import { aliasOf, type OfferedModel } from '@org/models';
import { writeAssembly } from './assembly-cache.ts';
import { askedFault } from './bedrock/asked-fault.ts';
import { type SimulatedBedrock, startBedrock } from './bedrock/server.ts';
import { type Denial, startBedrockRelay } from './bedrock-relay.ts';
import { createTables } from './dynamodb/create-tables.ts';
import { type LocalDynamoDb, startDynamoDb } from './dynamodb/server.ts';
import { type GatewayAnswer, type LocalGateway, type LogLine, startGateway } from './gateway.ts';
import { refuseTakenPort } from './http/server.ts';
import { type LocalIssuer, startIssuer } from './oidc/issuer.ts';
import { issuerEnvironment, setUpSignIn } from './oidc/local-sign-in.ts';
import { startS3 } from './s3/server.ts';

/** The port of the sign-in issuer, if no other program uses it. */
export const issuerPort = 8790;

/** A deployment on loopback: the local gateway runs the stack as deployed, with a Bedrock and a DynamoDB. */
export interface LocalSystem {
  readonly gateway: LocalGateway;
  /** Absent if another server answers for Bedrock. */
  readonly bedrock: SimulatedBedrock | undefined;
  /** Absent if another server has the tables. */
  readonly dynamodb: LocalDynamoDb | undefined;
  /** Absent if the config has no sign-in. */
  readonly issuer: LocalIssuer | undefined;
  /** Folder of the prompt log. Absent if the config has none. */
  readonly promptDirectory: string | undefined;
  close(): Promise<void>;
}

/** The Bedrock to use: the simulated one, another server, or AWS with this machine's credentials. */
export type Upstream =
  | { readonly kind: 'simulated' }
  | { readonly kind: 'server'; readonly url: string }
  | {
      readonly kind: 'aws';
      /** Default: Bedrock in the config's Region. */
      readonly endpoint?: string | undefined;
      /** Called for each call that AWS denied. */
      readonly onDenied: (denial: Denial) => void;
    };

export interface LocalSystemOptions {
  readonly config: ProxyConfig;
  /** The gateway's port. */
  readonly port: number;
  readonly upstream: Upstream;
  /** URL of a server in place of the local DynamoDB. Missing tables are created there. */
  readonly dynamodbUrl?: string | undefined;
  /** Directory for counters and keys, so that they outlive this system. Created if missing. Default: in memory. */
  readonly directory?: string | undefined;
  /** Called before each step that takes seconds, with a sentence about it. */
  readonly onProgress: (step: string) => void;
  /** Gets every line that the functions write. */
  readonly onLog: (line: LogLine) => void;
  /** Gets every answer of the gateway's own. */
  readonly onGatewayAnswer?: (answer: GatewayAnswer) => void;
}

/**
 * Builds the functions, synthesizes a config and runs the result.
 *
 * @throws {PortInUseError} If another process has the port.
 * @throws {TableCreationError} If the DynamoDB server cannot be reached, or refuses a table.
 * @throws {DirectoryError} If the tables in the directory cannot be opened.
 * @throws {KeptFileError} If the keys or the quotas in the directory cannot be read.
 * @throws {CredentialsMissingError} If AWS is to answer, and this machine has no credentials.
 */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { config, port, upstream, dynamodbUrl, directory, onProgress, onLog, onGatewayAnswer } = options;
  await refuseTakenPort(port);
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
    // It has the keys' values.
    if (directory !== undefined) await mkdir(directory, { recursive: true, mode: 0o700 });
    const bedrock =
      upstream.kind === 'simulated'
        ? await starting(
            startBedrock({
              meet: (call) => {
                const fault = askedFault(call);
                // The caller gets no words of Bedrock's.
                if (fault?.kind === 'exception' && fault.message !== undefined)
                  onLog({ function: 'bedrock', stream: 'platform', line: fault.message });
                return { fault };
              },
            }),
          )
        : undefined;
    const relay =
      upstream.kind === 'aws'
        ? await starting(startBedrockRelay({ ...upstream, region: config.region }))
        : undefined;
    const bedrockUrl = upstream.kind === 'server' ? upstream.url : (bedrock ?? relay)?.url;
    const tables = directory === undefined ? undefined : join(directory, 'tables');
    const dynamodb =
      dynamodbUrl === undefined ? await starting(startDynamoDb({ directory: tables })) : undefined;
    const issuer = config.signIn ? await starting(startIssuer(port === 0 ? 0 : issuerPort)) : undefined;
    const promptDirectory = config.promptLog && join(directory ?? assembly, 'prompts');
    const s3 =
      promptDirectory === undefined ? undefined : await starting(startS3({ directory: promptDirectory }));
    const kept = (what: string) =>
      directory === undefined ? undefined : join(directory, `${stackNameOf(config)}.${what}.json`);
    await writeAssembly(config, assembly, () => buildAndSynthesize(config, assembly, onProgress));
    const tablesUrl = dynamodbUrl ?? dynamodb?.url ?? '';
    const environment = {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl ?? '',
      AWS_ENDPOINT_URL_DYNAMODB: tablesUrl,
      ...(s3 && { AWS_ENDPOINT_URL_S3: s3.url }),
      ...(issuer ? issuerEnvironment(issuer) : {}),
    };
    const exampleModels = modelsOfFirstKey(config);
    const gateway = await startGateway({
      ...{ assembly, port, environment, exampleModels, config },
      ...{ keyFile: kept('keys'), quotaFile: kept('quotas') },
      ...{ onLog, onGatewayAnswer },
    });
    for (const profile of gateway.inferenceProfiles) (bedrock ?? relay)?.addInferenceProfile(profile);
    for (const bucket of gateway.buckets) s3?.addBucket(bucket);
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
    return { gateway, bedrock, dynamodb, issuer, promptDirectory, close };
  } catch (error) {
    await closeRest();
    throw error;
  }
}

/** Loads what it needs only now: the libraries take seconds to load. */
async function buildAndSynthesize(
  config: ProxyConfig,
  outdir: string,
  onProgress: LocalSystemOptions['onProgress'],
): Promise<void> {
  const { buildFunctions } = installation;
  if (buildFunctions) {
    onProgress('Building the functions ...');
    await buildFunctions();
  }
  onProgress('Synthesizing the template ...');
  const { synthesize } = await import('@org/infra/stack');
  synthesize(config, { outdir, builtinCloudFormationValidation: false });
}

/** What the key that `npm start` shows around may ask: that of the first team that has one. */
function modelsOfFirstKey({ models, plans, teams }: ProxyConfig): readonly OfferedModel[] {
  const team = Object.values(teams).find(({ keys }) => keys.length > 0);
  const aliases = team && plans[team.plan]?.models;
  return aliases ? models.filter((model) => aliases.includes(aliasOf(model))) : models;
}
