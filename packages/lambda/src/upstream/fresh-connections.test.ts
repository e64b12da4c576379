import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../testing/loopback-bedrock.ts';
import { FreshConnections } from './fresh-connections.ts';

/** A server, and a client of it whose clock stands still. */
async function startServer({ holdFirst = false } = {}) {
  const connections: Socket[] = [];
  const waiting: (() => void)[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const answer = () =>
      void response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    request.resume().on('end', holdFirst && requests === 1 ? () => waiting.push(answer) : answer);
  });
  server.on('connection', (socket) => connections.push(socket));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  let now = 0;
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: await listen(server),
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: new FreshConnections({}, () => now),
  });
  onTestFinished(() => client.destroy());
  return {
    connections,
    waiting,
    call: () => client.send(new GetItemCommand({ TableName: 'table', Key: { pk: { S: 'x' } } })),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

test('calls in quick succession share a connection', async () => {
  const { call, connections, pass } = await startServer();
  await call();
  pass(29_000);
  await call();
  pass(29_000);
  await call();
  expect(connections).toHaveLength(1);
});

test('a connection that was idle for long is not used again', async () => {
  const { call, connections, pass } = await startServer();
  await call();
  pass(31_000);
  await call();
  expect(connections).toHaveLength(2);
  expect(connections[0]?.destroyed || connections[0]?.readableEnded).toBe(true);
});

test('a call in flight is not cut off when others drop idle connections', async () => {
  const { call, waiting, pass } = await startServer({ holdFirst: true });
  const running = call();
  while (waiting.length === 0) await new Promise(setImmediate);
  pass(31_000);
  await call();
  for (const answer of waiting) answer();
  await running;
});
