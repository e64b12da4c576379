import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readConfig } from './config.ts';
import { createHandler } from './http/handler.ts';
import { createKeyDirectory } from './keys/key-directory.ts';
import { CounterTable } from './ledger/counter-table.ts';
import { createLedger } from './ledger/ledger.ts';
import type { Observe } from './log/observer.ts';
import { createNotices } from './notices/notices.ts';
import { createPublish } from './notices/publish.ts';
import { createPromptLog } from './prompt-log/prompt-log.ts';
import { createPutObject } from './prompt-log/put-object.ts';
import { sendToDaemon } from './traces/daemon.ts';
import { createTraces } from './traces/traces.ts';
import { FreshConnections } from './upstream/fresh-connections.ts';
import { createUpstream } from './upstream/upstream.ts';

/** Everything that can fail for a wrong deployment fails here, at init, and not at the first request. */
const config = readConfig(process.env);

/** A call that waits for one of few connections would count the wait against its time to connect. */
const agents = { httpAgent: { maxSockets: Infinity }, httpsAgent: { maxSockets: Infinity } };

const client = new BedrockRuntimeClient({
  // A retry by the SDK would bill twice what was held once; the one retry there is, is the upstream's.
  maxAttempts: 1,
  // The default handler speaks HTTP/2, whose sessions go stale while the function is frozen.
  requestHandler: new FreshConnections({ connectionTimeout: 2000, ...agents }, Date.now),
});

/**
 * The ledger fails closed and quickly: a hold that is not answered refuses the call, and trying again might hold it
 * twice.
 */
const dynamodb = new DynamoDBClient({
  maxAttempts: 1,
  requestHandler: new FreshConnections(
    { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true, ...agents },
    Date.now,
  ),
});

const write = (line: string) => process.stdout.write(line);

/** For what is written after an answer. The SDK has found the credentials already. */
const connection = () => ({
  credentials: dynamodb.config.credentials,
  handler: new FreshConnections(
    { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true, ...agents },
    Date.now,
  ),
});

const observers: Observe[] = [];
if (config.promptLog) {
  const { host, plans } = config.promptLog;
  const endpoint = process.env['AWS_ENDPOINT_URL_S3'];
  const put = createPutObject({ host, endpoint, region: dynamodb.config.region, ...connection() });
  observers.push(createPromptLog({ ...{ config, put, write }, plans, now: Date.now }));
}
if (config.noticeTopic !== undefined) {
  const endpoint = process.env['AWS_ENDPOINT_URL_SNS'];
  const publish = createPublish(config.noticeTopic, { endpoint, ...connection() });
  observers.push(createNotices({ config, publish, write, now: Date.now }));
}
if (config.traces) {
  observers.push(
    createTraces({
      // The runtime sets it again for each call.
      header: () => process.env['_X_AMZN_TRACE_ID'],
      send: sendToDaemon(process.env['AWS_XRAY_DAEMON_ADDRESS']),
      now: Date.now,
      randomBytes,
    }),
  );
}

/** Answers every route: API Gateway passes on the response while it is written. */
export const handler = awslambda.streamifyResponse(
  createHandler({
    config,
    keys: createKeyDirectory({ client: dynamodb, config, now: Date.now }),
    ledger: createLedger(
      new CounterTable({ client: dynamodb, table: config.table }),
      config.timeZone,
      config.warnAt,
    ),
    upstream: createUpstream({ client, sleep, random: Math.random }),
    write,
    observers,
    now: Date.now,
    openResponse: (stream, head) => awslambda.HttpResponseStream.from(stream, { ...head }),
  }),
);
