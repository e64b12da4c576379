import { createServer, type IncomingHttpHeaders } from 'node:http';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { localCredentials } from '@org/admin/local-gateway';
import { startHttpProxy } from '@org/admin/testing';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startBedrock } from './bedrock/server.ts';
import { CredentialsMissingError, type Denial, startBedrockRelay } from './bedrock-relay.ts';
import { closeServer, listenOnLoopback } from './loopback.ts';

const ask = {
  modelId: 'eu.amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'What is a dystopia?' }] }],
};

/** A client like a function's, and a relay with a machine's credentials to a server in place of AWS. */
async function start(endpoint: string | undefined) {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOFTHISMACHINE000');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a secret');
  const denials: Denial[] = [];
  const relay = await startBedrockRelay({
    region: 'eu-west-1',
    endpoint,
    onDenied: (denial) => denials.push(denial),
  });
  const client = new BedrockRuntimeClient({
    endpoint: relay.url,
    region: 'eu-west-1',
    credentials: localCredentials,
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    client.destroy();
    await relay.close();
  });
  return { client, denials, relay };
}

/** A server that always gives the same answer, and records the headers of its requests. */
async function startSaying(status: number, body: string, headers: Record<string, string> = {}) {
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    request.resume().once('end', () => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    });
  });
  const url = await listenOnLoopback(server);
  onTestFinished(() => closeServer(server));
  return { url, received, server };
}

test('a call of an inference profile that exists only here goes to its model', async () => {
  const bedrock = await startBedrock();
  onTestFinished(() => bedrock.close());
  const { client, relay } = await start(bedrock.url);
  const arn = 'arn:aws:bedrock:eu-west-1:000000000000:application-inference-profile/abcdefghijkl';
  relay.addInferenceProfile({ arn, modelId: ask.modelId });
  await client.send(new ConverseCommand({ ...ask, modelId: arn }));
  await client.send(new ConverseCommand(ask));
  expect(bedrock.received.map(({ modelId }) => modelId)).toEqual([ask.modelId, ask.modelId]);
});

test("Bedrock's answers pass through unchanged, whole and streamed", async () => {
  const bedrock = await startBedrock();
  onTestFinished(() => bedrock.close());
  const { client } = await start(bedrock.url);
  const { output } = await client.send(new ConverseCommand(ask));
  expect(output?.message?.content?.[0]?.text).toContain('What is a dystopia?');
  const { stream = [] } = await client.send(new ConverseStreamCommand(ask));
  const events: string[] = [];
  for await (const event of stream) events.push(...Object.keys(event));
  expect(events.slice(-2)).toEqual(['messageStop', 'metadata']);
});

test("calls are signed with the machine's credentials, and nothing of the function's is left", async () => {
  const { url, received } = await startSaying(200, '{}');
  const { client } = await start(url);
  await client.send(new ConverseCommand(ask)).catch(() => {});
  expect(received).toMatchObject([
    {
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIAOFTHISMACHINE000\/\d{8}\/eu-west-1\/bedrock\/aws4_request/,
      ),
      host: new URL(url).host,
    },
  ]);
  expect(JSON.stringify(received)).not.toContain(localCredentials.accessKeyId);
  expect(JSON.stringify(received)).not.toContain(localCredentials.sessionToken);
});

test('a caller without the whole address cannot use the credentials', async () => {
  const { url, received } = await startSaying(200, '{}');
  const { relay } = await start(url);
  for (const path of [`/model/${ask.modelId}/converse`, `/${'0'.repeat(36)}/model/${ask.modelId}/converse`]) {
    const response = await fetch(new URL(path, relay.url), { method: 'POST', body: '{}' });
    expect(response.status).toBe(403);
  }
  expect(received).toEqual([]);
});

test('a call that AWS denies is reported, and fails as on AWS', async () => {
  const { url } = await startSaying(403, '{"message":"You do not have access to the model."}', {
    'x-amzn-errortype': 'AccessDeniedException:http://internal.amazon.com/',
  });
  const { client, denials } = await start(url);
  await expect(client.send(new ConverseCommand(ask))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  expect(denials).toEqual([
    { type: 'AccessDeniedException', message: 'You do not have access to the model.' },
  ]);
});

test('AWS is reached through the proxy of HTTPS_PROXY, and the answer of the proxy is reported', async () => {
  const proxy = await startHttpProxy();
  vi.stubEnv('HTTPS_PROXY', proxy.url);
  const { client } = await start(undefined);
  await expect(client.send(new ConverseCommand(ask))).rejects.toMatchObject({
    name: 'ServiceUnavailableException',
    message: expect.stringContaining('407 Proxy Authentication Required'),
  });
  expect(proxy.asked).toEqual(['bedrock-runtime.eu-west-1.amazonaws.com:443']);
});

test('if the connection fails, the function learns that nothing was sent', async () => {
  const { url, server } = await startSaying(200, '{}');
  await closeServer(server);
  const { client, denials } = await start(url);
  await expect(client.send(new ConverseCommand(ask))).rejects.toMatchObject({
    name: 'ServiceUnavailableException',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  expect(denials).toEqual([]);
});

test("if Bedrock's connection breaks, the function's breaks too", async () => {
  const server = createServer((request) => {
    request.resume().once('end', () => request.socket.destroy());
  });
  const url = await listenOnLoopback(server);
  onTestFinished(() => closeServer(server));
  const { client } = await start(url);
  await expect(client.send(new ConverseCommand(ask))).rejects.not.toHaveProperty('$metadata.httpStatusCode');
});

test('without credentials it does not start, and says what to do', async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
  onTestFinished(() => void vi.unstubAllEnvs());
  const starting = startBedrockRelay({ region: 'eu-west-1', onDenied: () => {} });
  await expect(starting).rejects.toThrow(CredentialsMissingError);
  await expect(starting).rejects.toThrow(/no usable AWS credentials.*aws sso login/);
});
