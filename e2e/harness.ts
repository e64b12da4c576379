import { join } from 'node:path';
import { type BedrockClient, createBedrockClient } from '@org/bedrock-client';
import { type ErrorEnvelope, ErrorEnvelopeSchema } from '@org/contract';
import { type GatewayOptions, type LocalGateway, startGateway } from '@org/local';
import { type Bill, type SimulatedBedrock, startBedrock } from '@org/local/bedrock';
import { createTables, type LocalDynamoDb, startDynamoDb } from '@org/local/dynamodb';
import type { LocalS3 } from '@org/local/s3';
import { catalogue, costInMicroUsd, type ModelDefinition, priceOf } from '@org/models';
import { afterAll, inject, onTestFinished } from 'vitest';
import type { ConfigName } from './configs.ts';
import { readEvents, type StreamedReply } from './event-reader.ts';

export interface System {
  readonly bedrock: SimulatedBedrock;
  /** Bills of the calls so far, oldest first. */
  readonly bills: readonly BilledCall[];
  readonly dynamodb: LocalDynamoDb;
  readonly gateway: LocalGateway;
  readonly url: string;
  /** Lines that the functions wrote. */
  readonly logs: readonly string[];
  /** Moves the gateway's clock, which otherwise stands still. */
  setTime(time: string): void;
  keyValue(name: string): string;
  /** Sends one request, as curl would. */
  send(sent: Sent): Promise<Reply>;
  /** Asks llama a question, as curl would. */
  ask(keyName: string, fields?: object): Promise<Reply>;
  /** Asks llama a question over the streaming route, as curl would. Resolves when the response's headers arrive. */
  stream(keyName: string, fields?: object): Promise<StreamedReply>;
  /** A client for the key, and the number of its requests that were answered. */
  client(keyName: string): { client: BedrockClient; requests(): number };
}

/** A response, completely read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  json(): unknown;
  /** The error in the contract's envelope; throws if the body is not one. */
  error(): ErrorEnvelope['error'];
}

export interface Sent {
  readonly key?: string | undefined;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as it is. */
  readonly body?: object | string;
}

/** A call that the simulated Bedrock billed. */
export interface BilledCall extends Bill {
  /** The model id or inference profile of the call. */
  readonly modelId: string;
}

/** The cost of tokens of a catalogue model in the configs' Regions, in micro-USD. */
export function costOf(modelId: string, tokens: Bill): number {
  const definition = Object.values<ModelDefinition>(catalogue).find((model) =>
    modelId.endsWith(model.modelId),
  );
  const price = definition && priceOf(definition, 'us-east-1');
  if (!price) throw new Error(`${modelId} has no price.`);
  return costInMicroUsd(price, tokens);
}

export interface SystemOptions
  extends Pick<GatewayOptions, 'editTemplate' | 'callsPerWorker' | 'environment' | 'keyFile' | 'config'> {
  /** A server shared with other systems; systems of one config then share their counters. Default: its own. */
  readonly dynamodb?: LocalDynamoDb;
  /** Keeps prompts, if the config has a prompt log. Default: they are lost. */
  readonly s3?: LocalS3;
  /** Directory of the synthesized deployment. Default: the config's. */
  readonly assembly?: string;
}

/** Starts a deployment on loopback and stops it when the test is over. */
export async function startSystem(config: ConfigName, options: SystemOptions = {}): Promise<System> {
  const { system } = await launch(config, options, onTestFinished);
  return system;
}

/** A system for several tests: without its clock and its DynamoDB, which keep what a test does to them. */
export type SharedSystem = Omit<System, 'dynamodb' | 'setTime'>;

/**
 * Systems that the tests of a file share, one for each config, because most tests need less time than the start of a
 * system. They are stopped after all tests of the file, which calls this at its top.
 *
 * @param environment Added to the environment of their functions.
 *
 * Who asks for one finds no bills, no logs, and a simulated Bedrock that has forgotten everything. What the gateway and
 * the ledger keep stays: usage, throttles, which never refill while the clock stands still, and changes of keys. So a
 * test starts its own system if it uses up a limit, checks totals of usage, or leaves a call unfinished.
 *
 * @example
 * const shared = sharedSystems();
 *
 * test('a question is answered', async () => {
 *   const { ask } = await shared('everything');
 *   expect((await ask('all-key')).status).toBe(200);
 * });
 */
export function sharedSystems(
  environment: SystemOptions['environment'] = {},
): (config: ConfigName) => Promise<SharedSystem> {
  const launched = new Map<ConfigName, ReturnType<typeof launch>>();
  const stops: Stop[] = [];
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
  });
  return async (config) => {
    const launching =
      launched.get(config) ?? launch(config, { environment }, (stop) => void stops.push(stop));
    launched.set(config, launching);
    const { system, forget } = await launching;
    forget();
    return system;
  };
}

type Stop = () => Promise<void>;

/** Starts a deployment on loopback, and gives `atEnd` the stop of each part of it, to be called in reverse order. */
async function launch(
  config: ConfigName,
  {
    dynamodb: shared,
    s3,
    environment,
    assembly = join(inject('assemblies'), config),
    ...options
  }: SystemOptions,
  atEnd: (stop: Stop) => void,
): Promise<{ readonly system: System; forget(): void }> {
  let time = Date.parse('2026-11-22T12:00:00Z');
  const logs: string[] = [];
  const bills: BilledCall[] = [];
  const bedrock = await startBedrock({
    onBilled: ({ modelId }, bill) => bills.push({ ...bill, modelId }),
  });
  atEnd(() => bedrock.close());
  const dynamodb = shared ?? (await startDynamoDb());
  if (!shared) atEnd(() => dynamodb.close());
  const gateway = await startGateway({
    ...options,
    assembly,
    port: 0,
    clock: { now: () => time },
    environment: {
      ...environment,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      // Without S3, nothing listens there.
      AWS_ENDPOINT_URL_S3: s3?.url ?? 'http://127.0.0.1:9',
    },
    onLog: ({ line }) => logs.push(line),
  });
  atEnd(() => gateway.close());
  await createTables(gateway.tables, dynamodb.url);
  for (const profile of gateway.inferenceProfiles) bedrock.addInferenceProfile(profile);
  for (const bucket of gateway.buckets) s3?.addBucket(bucket);

  const keyValue = (name: string) => {
    const key = gateway.apiKeys.find((candidate) => candidate.name === name);
    if (!key) throw new Error(`There is no key ${name}.`);
    return key.value;
  };

  const send = async ({
    key,
    method = 'POST',
    path = '/bedrock',
    headers = {},
    body,
  }: Sent): Promise<Reply> => {
    const response = await fetch(`${gateway.url}${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { 'x-api-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = (): unknown => JSON.parse(text);
    return {
      status: response.status,
      headers: response.headers,
      text,
      json,
      error: () => ErrorEnvelopeSchema.parse(json()).error,
    };
  };

  const system: System = {
    bedrock,
    bills,
    dynamodb,
    gateway,
    url: gateway.url,
    logs,
    setTime: (text) => {
      time = Date.parse(text);
    },
    keyValue,
    send,
    ask: (keyName, fields) =>
      send({ key: keyValue(keyName), body: { model: 'llama', question: 'What is a dystopia', ...fields } }),
    async stream(keyName, fields) {
      const controller = new AbortController();
      const response = await fetch(`${gateway.url}/bedrock/stream`, {
        method: 'POST',
        headers: { 'x-api-key': keyValue(keyName), 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'llama', question: 'What is a dystopia', ...fields }),
        signal: controller.signal,
      });
      return readEvents(response, controller);
    },
    client: (keyName) => {
      let requests = 0;
      const client = createBedrockClient({
        baseUrl: gateway.url,
        apiKey: keyValue(keyName),
        fetch: async (...input) => {
          try {
            return await fetch(...input);
          } finally {
            requests += 1;
          }
        },
      });
      return { client, requests: () => requests };
    },
  };
  return {
    system,
    forget() {
      bills.length = 0;
      logs.length = 0;
      bedrock.forget();
    },
  };
}
