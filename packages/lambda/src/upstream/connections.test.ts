import { Agent, createServer, type RequestListener } from 'node:http';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { catalogue } from '@org/models';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { expect, onTestFinished, test } from 'vitest';
import { ProxyError } from '../proxy-error.ts';
import { listen } from '../testing/loopback-bedrock.ts';
import { ample, call, read, target } from '../testing/upstream-call.ts';
import { createUpstream } from './upstream.ts';

/** The failure of a call over real sockets. */
async function failureOver(endpoint: string, options: NodeHttpHandlerOptions): Promise<ProxyError> {
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(options),
  });
  onTestFinished(() => client.destroy());
  const upstream = createUpstream({ client, sleep: async () => {}, random: () => 0 });
  const asked = read(upstream.call(catalogue.titan, call, target, { whole: true, deadline: ample }));
  const thrown: unknown = await asked.catch((error: unknown) => error);
  if (!(thrown instanceof ProxyError)) throw thrown;
  return thrown;
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return listen(server);
}

/** Takes the request and never answers: the model may be running, and may be billed. */
const silent: RequestListener = (request) => void request.resume();

test.each<[string, NodeHttpHandlerOptions]>([
  ['that its socket was silent', { socketTimeout: 50 }],
  ['that the request took too long', { requestTimeout: 50, throwOnRequestTimeout: true }],
])('a call that the SDK gave up because of %s may have been billed', async (_why, options) => {
  const error = await failureOver(await serve(silent), options);
  expect(error.failure).toMatchObject({ name: expect.stringMatching(/Timeout|ETIMEDOUT/) });
  expect([error.statement.code, error.unbilled, error.retryable]).toEqual(['upstream_error', false, false]);
});

test('a call whose connection was closed under it may have been billed', async () => {
  const endpoint = await serve((request) => void request.socket.destroy());
  const error = await failureOver(endpoint, {});
  expect([error.failure?.name, error.unbilled]).toEqual(['ECONNRESET', false]);
});

test('a connection that is not established in time is not billed', async () => {
  // A name that never resolves keeps the socket connecting.
  const httpAgent = new Agent({ lookup: () => {} });
  const error = await failureOver('http://bedrock.test', { connectionTimeout: 50, httpAgent });
  expect([error.failure?.name, error.unbilled, error.retryable]).toEqual(['TimeoutError', true, true]);
});

test('a connection that is refused, or to a name that does not exist, is not billed', async () => {
  const gone = createServer();
  const endpoint = await listen(gone);
  await new Promise((resolve) => gone.close(resolve));
  for (const nowhere of [endpoint, endpoint.replace('127.0.0.1', 'localhost')]) {
    const refused = await failureOver(nowhere, {});
    expect([refused.failure?.name, refused.unbilled]).toEqual(['ECONNREFUSED', true]);
  }
  const httpAgent = new Agent({
    lookup: (_name, _options, found) =>
      found(Object.assign(new Error('no such name'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), ''),
  });
  const unknown = await failureOver('http://bedrock.test', { httpAgent });
  expect([unknown.failure?.name, unknown.unbilled]).toEqual(['ENOTFOUND', true]);
});

test('a request that was sent before the network failed may have been billed', async () => {
  const httpAgent = new Agent();
  const endpoint = await serve((request) => {
    request.resume().on('end', () => {
      const lost = Object.assign(new Error('read EHOSTUNREACH'), { code: 'EHOSTUNREACH', syscall: 'read' });
      for (const sockets of Object.values(httpAgent.sockets))
        for (const socket of sockets ?? []) socket.destroy(lost);
    });
  });
  const error = await failureOver(endpoint, { httpAgent });
  expect([error.failure?.name, error.unbilled]).toEqual(['EHOSTUNREACH', false]);
});
