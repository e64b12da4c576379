import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { localCredentials } from '@org/admin/local-gateway';
import { type ModelDefinition, plainCapabilities } from '@org/models';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { onTestFinished } from 'vitest';
import { type BedrockOptions, type Bill, type SimulatedBedrock, startBedrock } from '../bedrock/server.ts';

const region = 'us-east-1';

const common = {
  onDemandRegions: [region],
  maxOutputTokens: 5000,
  lifecycle: { status: 'active' },
} as const;

const plain = { ...common, upstream: 'converse' } as const;

const points = {
  ttls: ['5m', '1h'],
  minimumTokens: 1,
  most: 4,
  parts: ['tools', 'system', 'messages'],
} as const;

const chat = {
  ...plain,
  capabilities: plainCapabilities,
  toolChoices: ['auto', 'required', 'named'],
  reasoning: { form: 'gpt-oss', efforts: ['low'], default: 'off', history: true, excludes: [] },
  cache: { implicit: false, points },
} as const;

const claude = {
  ...chat,
  messagesApi: true,
  reasoning: {
    form: 'claude-adaptive',
    efforts: ['off', 'low', 'high'],
    default: 'off',
    history: true,
    excludes: ['forcedTools', 'temperature', 'topP'],
  },
} as const;

/**
 * One takes schemas and tools, one tools, one either of two parameters, one only a question. Then the models that
 * think: Nova, GPT, a Claude that can be asked to, an old one that takes a budget, and a new one that always does. The
 * last turns strings into vectors.
 */
export const models = {
  native: { ...chat, modelId: 'test.native-v1:0', structuredOutput: 'native' },
  tool: { ...chat, modelId: 'test.tool-v1:0', structuredOutput: 'tool' },
  either: { ...plain, modelId: 'test.either-v1:0', capabilities: ['temperature', 'topP'] },
  bare: { ...plain, modelId: 'test.bare-v1:0', capabilities: [] },
  nova: {
    ...{ ...chat, modelId: 'amazon.nova-test-v1:0', contextTokens: 20_000 },
    reasoning: { form: 'nova', efforts: ['off', 'low'], default: 'off', history: false, excludes: [] },
    cache: { implicit: true, points: { ...points, ttls: ['5m'], parts: ['system', 'messages'] } },
  },
  gpt: {
    ...chat,
    modelId: 'openai.gpt-test',
    toolChoices: ['auto'],
    reasoning: { form: 'gpt', efforts: ['off', 'low'], default: 'low', history: false, excludes: [] },
  },
  claude: {
    ...{ ...claude, modelId: 'anthropic.claude-test-20260101-v1:0' },
    ...{ countTokens: true, structuredOutput: 'native' },
    inferenceProfiles: { us: { [region]: ['us-east-2'] } },
    contextTokens: 20_000,
    imageTokens: 1568,
  },
  oldClaude: {
    ...{ ...claude, modelId: 'anthropic.claude-old' },
    reasoning: { ...claude.reasoning, form: 'claude-budget' },
  },
  newClaude: {
    ...claude,
    modelId: 'anthropic.claude-new',
    toolChoices: ['auto'],
    capabilities: plainCapabilities.filter((name) => name !== 'temperature' && name !== 'topP'),
    reasoning: { ...claude.reasoning, efforts: ['low', 'high'], default: 'high' },
  },
  titan: {
    ...{ ...common, modelId: 'amazon.titan-embed-text-v2:0', upstream: 'embed', format: 'titan-embed' },
    dimensions: [1024, 512, 256],
  },
  cohere3: { ...common, modelId: 'cohere.embed-english-v3', upstream: 'embed', format: 'cohere-embed' },
  cohere4: {
    ...{ ...common, modelId: 'cohere.embed-v4:0', upstream: 'embed', format: 'cohere-embed' },
    dimensions: [1536, 1024, 512, 256],
  },
} as const satisfies Record<string, ModelDefinition>;

export interface SystemUnderTest {
  readonly bedrock: SimulatedBedrock;
  readonly client: BedrockRuntimeClient;
}

/** Starts a simulated Bedrock with an AWS SDK client, and stops both when the test is over. */
export async function startUnderTest(options: BedrockOptions = {}): Promise<SystemUnderTest> {
  const bedrock = await startBedrock({ models: Object.values(models), ...options });
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

/** A clock that a test moves. */
export function turnedClock() {
  let now = Date.parse('2026-11-22T12:00:00Z');
  return {
    now: () => now,
    turn(minutes: number) {
      now += minutes * 60_000;
    },
  };
}

/** A request without the SDK, which drops fields that it does not know. */
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

/** All events of a stream; throws the stream's error. */
export async function collect<T>(stream: AsyncIterable<T> | undefined): Promise<T[]> {
  if (!stream) throw new Error('The answer has no stream.');
  const events: T[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** The bill of a system that has had no call. */
export const nothing: Bill = {
  ...{ inputTokens: 0, outputTokens: 0 },
  ...{ cacheReadTokens: 0, cacheWriteTokens: 0, cacheWrite1hTokens: 0 },
};

/** The start of an image: enough for its format and size. */
export function imageOf(format: 'png' | 'jpeg' | 'gif' | 'webp', width = 28, height = 28): Uint8Array {
  const bytes = Buffer.alloc(40);
  switch (format) {
    case 'png':
      bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
      bytes.writeUInt32BE(width, 16);
      bytes.writeUInt32BE(height, 20);
      break;
    case 'jpeg':
      // A comment of two bytes, then the start of a frame.
      bytes.write('\xff\xd8\xff\xfe\0\x04hi\xff\xc2\0\x11\x08', 'latin1');
      bytes.writeUInt16BE(height, 13);
      bytes.writeUInt16BE(width, 15);
      break;
    case 'gif':
      bytes.write('GIF89a', 'latin1');
      bytes.writeUInt16LE(width, 6);
      bytes.writeUInt16LE(height, 8);
      break;
    case 'webp':
      bytes.write('RIFF\0\0\0\0WEBPVP8X', 'latin1');
      bytes.writeUIntLE(width - 1, 24, 3);
      bytes.writeUIntLE(height - 1, 27, 3);
      break;
  }
  return bytes;
}

/** A PDF: enough for its number of pages. */
export function pdfOf(pages: number): Uint8Array {
  return Buffer.from(`%PDF-1.7\n${'<< /Type /Page >>\n'.repeat(pages)}<< /Type /Pages >>`);
}
