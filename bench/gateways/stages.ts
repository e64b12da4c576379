import { once } from 'node:events';
import { Agent, request } from 'node:http';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { localCredentials } from '@org/admin/local-gateway';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { usageOf } from './process-usage.ts';
import type { Subject } from './subjects.ts';
import { type Call, maxTokens, modelId, question, upstreamCall } from './upstream-api.ts';

/** The CPU time of one request in a process, by how far the request gets. */
export interface Stage {
  readonly name: string;
  readonly cpuMilliseconds: number;
}

const agent = new Agent({ keepAlive: true });
const callers = 32;

/** Sends a request, and rejects if it has another status than expected. */
async function send({ url, headers, body }: Call, status: number): Promise<void> {
  const outgoing = request(url, {
    method: 'POST',
    agent,
    headers: { ...headers, 'content-length': body.length },
  });
  outgoing.end(body);
  const [response] = await once(outgoing, 'response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== status)
    throw new Error(`${url} answered ${response.statusCode}, not ${status}.`);
}

/** CPU time of a process for each piece of work, while 32 callers do it for the given milliseconds. */
async function cpuOf(pid: number, work: () => Promise<unknown>, milliseconds: number): Promise<number> {
  const before = await usageOf(pid);
  const begin = performance.now();
  let done = 0;
  const again = async () => {
    while (performance.now() - begin < milliseconds) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, again));
  const after = await usageOf(pid);
  return before && after ? ((after.cpuSeconds - before.cpuSeconds) / done) * 1000 : Number.NaN;
}

/** Sends our gateway requests that it refuses early, late, and not at all; then makes only the calls to Bedrock. */
export async function stagesOf(ours: Subject, upstreamUrl: string, milliseconds: number): Promise<Stage[]> {
  const { whole: ask, streamed: stream } = ours.work;
  if (!ask || !('url' in ask) || !stream || !('url' in stream)) {
    throw new Error(`${ours.title} answers nothing.`);
  }
  const bedrock = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: upstreamUrl,
    credentials: localCredentials,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ httpAgent: { maxSockets: Number.POSITIVE_INFINITY } }),
  });
  const asked = {
    modelId,
    messages: [{ role: 'user' as const, content: [{ text: question }] }],
    inferenceConfig: { maxTokens },
  };
  const converse = () => bedrock.send(new ConverseCommand(asked));
  const converseStream = async () => {
    const { stream = [] } = await bedrock.send(new ConverseStreamCommand(asked));
    for await (const event of stream) if (event.metadata) return;
    throw new Error('The stream has no end.');
  };
  const straight = (streamed: boolean) => send(upstreamCall('converse', upstreamUrl, { streamed }), 200);
  const stages = [
    [
      'refused by the gateway: no such key',
      ours.pid,
      () => send({ ...ask, headers: { ...ask.headers, 'x-api-key': 'unknown-key' } }, 401),
    ],
    [
      'refused by the function: a field is missing',
      ours.pid,
      () => send({ ...ask, body: '{"model":"llama"}' }, 400),
    ],
    ['answered', ours.pid, () => send(ask, 200)],
    ['the call of Bedrock alone, by the AWS SDK', process.pid, converse],
    ['the same request by `node:http`, not signed', process.pid, () => straight(false)],
    ['streamed in 50 pieces', ours.pid, () => send(stream, 200)],
    ['that stream of Bedrock alone, by the AWS SDK', process.pid, converseStream],
    [
      'the same request by `node:http`, not signed, its bytes not looked at',
      process.pid,
      () => straight(true),
    ],
  ] as const;
  for (const [, pid, work] of stages) await cpuOf(pid, work, milliseconds);
  const measured: Stage[] = [];
  for (const [name, pid, work] of stages) {
    measured.push({ name, cpuMilliseconds: await cpuOf(pid, work, milliseconds) });
  }
  return measured;
}
