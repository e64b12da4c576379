import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { localCredentials } from '@org/admin/local-gateway';
import { type ModelDefinition, plainCapabilities } from '@org/models';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { onTestFinished } from 'vitest';
import { type SimulatedBedrock, startBedrock } from './server.ts';

const region = 'us-east-1';

const common = {
  upstream: 'converse',
  onDemandRegions: [region],
  maxOutputTokens: 5000,
  lifecycle: { status: 'active' },
} as const;

const able = {
  ...common,
  capabilities: plainCapabilities,
  toolChoices: ['auto', 'any', 'named'],
  reasoning: { form: 'claude-adaptive', efforts: ['high'], default: 'high', history: true, excludes: [] },
  cache: {
    implicit: false,
    points: { ttls: ['5m', '1h'], minimumTokens: 1, most: 4, parts: ['tools', 'system', 'messages'] },
  },
} as const;

/** They take schemas and tools, tools, one parameter of two, and nothing but a question. */
export const models = {
  native: { ...able, modelId: 'test.native-v1:0', structuredOutput: 'native' },
  tool: { ...able, modelId: 'test.tool-v1:0', structuredOutput: 'tool' },
  either: { ...common, modelId: 'test.either-v1:0', capabilities: ['temperature', 'topP'] },
  bare: { ...common, modelId: 'test.bare-v1:0', capabilities: [] },
} as const satisfies Record<string, ModelDefinition>;

export interface SystemUnderTest {
  readonly bedrock: SimulatedBedrock;
  readonly client: BedrockRuntimeClient;
}

/** Starts a simulated Bedrock with a client of the AWS SDK's, and stops both when the test is over. */
export async function startUnderTest(): Promise<SystemUnderTest> {
  const bedrock = await startBedrock({ models: Object.values(models) });
  const client = new BedrockRuntimeClient({
    endpoint: bedrock.url,
    region,
    credentials: localCredentials,
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await bedrock.close();
  });
  return { bedrock, client };
}

/** A request without the SDK, which leaves out what it does not know. */
export function post(
  { bedrock }: SystemUnderTest,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${bedrock.url}/model/${path}`, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=local/20261122/${region}/bedrock/aws4_request`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

export function asks(question: string): { role: 'user'; content: { text: string }[] }[] {
  return [{ role: 'user', content: [{ text: question }] }];
}

/** All events of a stream; throws what the stream throws. */
export async function collect<T>(stream: AsyncIterable<T> | undefined): Promise<T[]> {
  if (!stream) throw new Error('The answer has no stream.');
  const events: T[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
