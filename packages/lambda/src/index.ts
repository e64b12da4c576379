import { setTimeout as sleep } from 'node:timers/promises';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { readConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { createUpstream } from './upstream.ts';

/** Everything that can fail for a wrong deployment fails here, at init, and not at the first request. */
const config = readConfig(process.env);

const client = new BedrockRuntimeClient({
  // A retry by the SDK would bill twice what was held once; the one retry there is, is the upstream's.
  maxAttempts: 1,
  // The default handler speaks HTTP/2, whose sessions go stale while the function is frozen.
  requestHandler: new NodeHttpHandler({ connectionTimeout: 2000 }),
});

export const handler = createHandler({
  config,
  upstream: createUpstream({ client, sleep, random: Math.random }),
  write: (line) => process.stdout.write(line),
  now: Date.now,
});
