import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sdk from '@aws-sdk/client-bedrock-runtime/package.json' with { type: 'json' };
import { synthesize } from '@org/infra/stack';
import { functionEnvironment, readRoute } from '@org/local';
import { createTables } from '@org/local/dynamodb';
import { catalogue, locateModel } from '@org/models';
import { startBackends } from '../backends/backends.ts';
import { config } from '../config.ts';
import { type ColdSubject, measureCold } from '../measure/cold.ts';
import { publish } from '../part.ts';
import { buildBare } from './bare-bundles.ts';
import type { DeltaDelay } from './delta-delay.ts';
import { lambdaResult } from './lambda-result.ts';
import type { LongStreams } from './long-streams.ts';
import { measure, type Task } from './measurement.ts';
import type { OpenStreams } from './open-streams.ts';
import { type ColdName, callsBeforeMemory, type Report, reportText } from './report.ts';
import type { Warm } from './warm.ts';

// Measures the time and memory that the proxy adds to a call by the AWS SDK, and writes the report.

const openStreamRuns = 3;

const directory = await mkdtemp(join(tmpdir(), 'bedrock-proxy-bench-'));
const bare = await buildBare(directory);
const assembly = join(directory, 'assembly');
synthesize(config, { outdir: assembly });
const ask = readRoute(assembly, 'ask');
const stream = readRoute(assembly, 'stream');

const question = { model: 'llama', question: 'What is a dystopia', maxTokens: 1024 };
const location = locateModel(catalogue.llama, ask.region, {});
if (!location) throw new Error(`There is no llama in ${ask.region}.`);
const task: Task = {
  proxy: join(ask.definition.directory, 'index.mjs'),
  bareAsk: bare.ask,
  bareStream: bare.stream,
  question: { ...question, modelId: location.modelId },
  events: {
    unlimited: ask.eventOf('unlimited-key', question),
    limited: ask.eventOf('limited-key', question),
    streamed: stream.eventOf('unlimited-key', question),
  },
  tables: ask.tables,
};
const environmentOf = ({ definition, region }: typeof ask, extra: Readonly<Record<string, string>> = {}) =>
  functionEnvironment(definition, { region, logStreamName: 'bench', extra });

async function measureOpenStreams(): Promise<Report['openStreams']> {
  const memory: Record<'bare' | 'proxy', OpenStreams[]> = { bare: [], proxy: [] };
  for (let run = 0; run < openStreamRuns; run += 1) {
    for (const which of ['bare', 'proxy'] as const) {
      memory[which].push(await measure<OpenStreams>(['open-streams.ts', which], task, environmentOf(stream)));
    }
  }
  return memory;
}

async function measureColdStarts(): Promise<Pick<Report, 'cold' | 'memory'>> {
  const backends = await startBackends();
  await createTables(task.tables, backends.dynamodbUrl);
  const environment = environmentOf(ask, {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: backends.bedrockUrl,
    AWS_ENDPOINT_URL_DYNAMODB: backends.dynamodbUrl,
    BEDROCK_HTTP2_URL: backends.bedrockHttp2Url,
  });
  const subjects = new Map<ColdName, ColdSubject>([
    ['bare', { file: bare.ask, argument: task.question }],
    ['unlimited', { file: task.proxy, argument: task.events.unlimited }],
    ['limited', { file: task.proxy, argument: task.events.limited }],
  ]);
  try {
    return {
      cold: await measureCold(subjects, environment),
      memory: await measureCold(subjects, environment, { measured: 7, calls: callsBeforeMemory }),
    };
  } finally {
    await backends.stop();
  }
}

async function sizeOf(path: string): Promise<{ minified: number; gzipped: number }> {
  const bytes = await readFile(path);
  return { minified: bytes.byteLength, gzipped: gzipSync(bytes).byteLength };
}

const report: Report = {
  sdkVersion: sdk.version,
  size: { proxy: await sizeOf(task.proxy), bare: await sizeOf(bare.ask) },
  warm: await measure<Warm>(['warm.ts'], task, environmentOf(ask)),
  ...(await measureColdStarts()),
  openStreams: await measureOpenStreams(),
  longStreams: await measure<LongStreams>(['long-streams.ts'], task, environmentOf(stream)),
  deltaDelay: await measure<DeltaDelay>(['delta-delay.ts'], task, environmentOf(stream)),
};
const text = reportText(report);
await rm(directory, { recursive: true, force: true });
await publish(lambdaResult(report), text);
