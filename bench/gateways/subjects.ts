import { join } from 'node:path';
import { synthesize } from '@org/infra/stack';
import { startHelper } from '../../test/helper-process.ts';
import { config, type KeyName } from '../config.ts';
import type { WriteTarget } from './bare-writes.ts';
import type { InstalledPeers } from './installed-peers.ts';
import type { OurGateway } from './ours-process.ts';
import { freePort, startServer } from './servers.ts';
import {
  type Call,
  chatCompletionsCall,
  maxTokens,
  modelId,
  question,
  type UpstreamApi,
  upstreamCall,
} from './upstream-api.ts';

export type Transfer = 'whole' | 'streamed';

/** Something that answers calls, or does the writes that others are compared with. */
export interface Subject {
  readonly title: string;
  /** The upstream itself, a gateway that is ranked, one that also counts exactly, or the bare writes. */
  readonly kind: 'straight' | 'gateway' | 'counting' | 'writes';
  /** The API of its upstream. */
  readonly api: UpstreamApi | undefined;
  readonly pid: number;
  /** Undefined for a transfer that it does not support. */
  readonly work: Readonly<Record<Transfer, Call | WriteTarget | undefined>>;
}

export interface Upstreams {
  readonly upstream: { readonly url: string; readonly pid: number };
  readonly dynamodb: { readonly url: string; readonly pid: number };
}

const both = (callOf: (options: { streamed: boolean }) => Call): Subject['work'] => ({
  whole: callOf({ streamed: false }),
  streamed: callOf({ streamed: true }),
});

/** A call of ours, with its key. */
export const ourCalls = ({ url, apiKey }: OurGateway): Subject['work'] =>
  both(({ streamed }) => ({
    url: `${url}/bedrock${streamed ? '/stream' : ''}`,
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ model: 'llama', question, maxTokens }),
  }));

/** @param directory Where the deployment is synthesized to. */
export async function startSubjects(
  directory: string,
  { upstream, dynamodb }: Upstreams,
  peers: InstalledPeers,
): Promise<Subject[]> {
  const straight = (api: UpstreamApi): Subject => ({
    title: api === 'converse' ? 'straight, Converse' : 'straight, chat completions',
    kind: 'straight',
    api,
    pid: upstream.pid,
    work: both((options) => upstreamCall(api, upstream.url, options)),
  });
  const assembly = join(directory, 'measured');
  synthesize(config, { outdir: assembly });
  const unlimited = await startGatewayProcess(assembly, 'unlimited-key', { upstream, dynamodb });
  const limited = await startGatewayProcess(assembly, 'limited-key', { upstream, dynamodb });
  const ours = { api: 'converse' as const };
  return [
    straight('converse'),
    straight('chat-completions'),
    {
      ...ours,
      title: '**this proxy**',
      kind: 'gateway',
      pid: unlimited.pid,
      work: ourCalls(unlimited.started),
    },
    ...(await startPortkey(upstream.url, peers)),
    await startLlms(upstream.url, peers),
    {
      ...ours,
      title: '**this proxy**, ledger on',
      kind: 'counting',
      pid: limited.pid,
      work: ourCalls(limited.started),
    },
    {
      title: 'two bare `UpdateItem`s',
      kind: 'writes',
      api: undefined,
      pid: dynamodb.pid,
      work: {
        whole: { dynamodbUrl: dynamodb.url, region: limited.started.region, table: limited.started.table },
        streamed: undefined,
      },
    },
  ];
}

/**
 * @param keyName Of the key that calls are made with.
 * @param execArgv Options of Node, for the gateway and for the functions.
 */
export function startGatewayProcess(
  assembly: string,
  keyName: KeyName,
  { upstream, dynamodb }: Upstreams,
  execArgv: readonly string[] = [],
) {
  return startHelper<OurGateway>(join(import.meta.dirname, 'ours-process.ts'), {
    args: [assembly, keyName, upstream.url, dynamodb.url, execArgv.join(' ')],
    execArgv,
    // The functions' log lines are not needed.
    quiet: true,
  });
}

/** One process, called in two ways. Its answers are chat completions either way. */
async function startPortkey(upstreamUrl: string, peers: InstalledPeers): Promise<Subject[]> {
  const name = '@portkey-ai/gateway';
  const port = await freePort();
  const server = peers.file(`${name}/build/start-server.js`);
  const pid = pidOf(await startServer(port, [server, `--port=${port}`, '--headless']));
  const title = `${name} ${await peers.versionOf(name)}`;
  const callsWith = (headers: Readonly<Record<string, string>>) =>
    both(({ streamed }) =>
      chatCompletionsCall(`http://127.0.0.1:${port}/v1`, modelId, { streamed, headers }),
    );
  return [
    {
      title: `${title}, provider bedrock`,
      kind: 'gateway',
      api: 'converse',
      pid,
      work: callsWith({
        'x-portkey-provider': 'bedrock',
        'x-portkey-custom-host': upstreamUrl,
        'x-portkey-aws-access-key-id': 'unused-key',
        'x-portkey-aws-secret-access-key': 'unused-secret',
        'x-portkey-aws-region': 'us-east-1',
      }),
    },
    {
      title: `${title}, provider openai`,
      kind: 'gateway',
      api: 'chat-completions',
      pid,
      // Streaming, it answers 500, because it adds headers to a response that it cannot change.
      work: {
        ...callsWith({
          'x-portkey-provider': 'openai',
          'x-portkey-custom-host': `${upstreamUrl}/v1`,
        }),
        streamed: undefined,
      },
    },
  ];
}

async function startLlms(upstreamUrl: string, peers: InstalledPeers): Promise<Subject> {
  const name = '@musistudio/llms';
  const port = await freePort();
  const script = join(import.meta.dirname, 'llms-process.ts');
  const child = await startServer(port, [script, peers.file(name), String(port), upstreamUrl, modelId]);
  return {
    title: `${name} ${await peers.versionOf(name)}`,
    kind: 'gateway',
    api: 'chat-completions',
    pid: pidOf(child),
    work: both((options) =>
      chatCompletionsCall(`http://127.0.0.1:${port}/v1`, `upstream,${modelId}`, options),
    ),
  };
}

function pidOf({ pid }: { readonly pid?: number | undefined }): number {
  if (pid === undefined) throw new Error('The process did not start.');
  return pid;
}
