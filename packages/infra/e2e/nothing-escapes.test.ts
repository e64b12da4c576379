import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ErrorEnvelope } from '@org/contract';
import { expect, test } from 'vitest';
import type { ExceptionName } from '../local/bedrock/exception.ts';
import type { Fault as BedrockFault, StreamEnd } from '../local/bedrock/fault.ts';
import type { Fault as DynamoDbFault } from '../local/dynamodb/fault.ts';
import { editResources } from './edit-template.ts';
import type { StreamedReply } from './event-reader.ts';
import { type System, type SystemOptions, startSystem } from './harness.ts';

const document = join(import.meta.dirname, '../../../docs/limits-under-faults.md');

interface FaultCase {
  readonly name: string;
  readonly options?: SystemOptions;
  /** What the calls to Bedrock meet. */
  readonly bedrock?: readonly BedrockFault[];
  /** What the writes to DynamoDB meet: first the hold, then the settlement. */
  readonly dynamodb?: readonly DynamoDbFault[];
  /** Asks, and does what else belongs to the case; says what the caller gets. Default: asks. */
  readonly run?: (system: System) => Promise<Outcome>;
}

/** What a caller gets, in the words of the document. */
type Outcome = string;

const shortTimeout: SystemOptions = {
  editTemplate: editResources('AWS::Lambda::Function', (properties) => ({ ...properties, Timeout: 2 })),
};

const fields = { maxTokens: 200 };

async function ask(system: System): Promise<Outcome> {
  const reply = await system.ask('thrifty-key', fields);
  return reply.status === 200 ? '200' : `${reply.status} \`${reply.error().code}\``;
}

async function stream(system: System): Promise<Outcome> {
  return endOf(await system.stream('thrifty-key', fields));
}

/** How a stream came to its end. There is one end, whatever happens. */
async function endOf(reply: StreamedReply): Promise<Outcome> {
  if (reply.status !== 200) {
    return `${reply.status} \`${ErrorEnvelope.parse(JSON.parse(await reply.text())).error.code}\``;
  }
  const { events, cut } = await reply.rest();
  const ends = events.filter(({ type }) => type === 'done' || type === 'error');
  if (cut) {
    expect(ends).toEqual([]);
    return 'a cut connection, and no end';
  }
  expect(ends).toEqual([events.at(-1)]);
  const [end] = ends;
  return end?.type === 'error' ? `\`error\`: \`${end.error.code}\`` : '`done`';
}

/** The streams of this system wait after their first piece. */
async function streamHeldBack(system: System): Promise<StreamedReply> {
  const held = Promise.withResolvers<void>();
  system.bedrock.pace((index) => (index === 0 ? Promise.resolve() : held.promise));
  const reply = await system.stream('thrifty-key', fields);
  expect(await reply.next()).toMatchObject({ type: 'start' });
  expect(await reply.next()).toMatchObject({ type: 'delta' });
  released.set(reply, held.resolve);
  return reply;
}

const released = new WeakMap<StreamedReply, () => void>();

async function killWhileStreaming(system: System): Promise<Outcome> {
  const reply = await streamHeldBack(system);
  await system.gateway.killFunctions();
  return endOf(reply);
}

async function hangUpOnStream(system: System): Promise<Outcome> {
  const reply = await streamHeldBack(system);
  reply.hangUp();
  released.get(reply)?.();
  while (system.logs.length === 0) await new Promise(setImmediate);
  return '-';
}

async function untilAsked(system: System): Promise<void> {
  while (system.bedrock.received.length === 0) await new Promise(setImmediate);
}

async function killWhileAsking(system: System): Promise<Outcome> {
  const asked = ask(system);
  await untilAsked(system);
  await system.gateway.killFunctions();
  return asked;
}

async function hangUp(system: System): Promise<Outcome> {
  const controller = new AbortController();
  const asked = fetch(`${system.url}/bedrock`, {
    method: 'POST',
    headers: { 'x-api-key': system.keyValue('thrifty-key'), 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'llama', question: 'What is a dystopia', maxTokens: 200 }),
    signal: controller.signal,
  }).catch(() => undefined);
  await untilAsked(system);
  controller.abort();
  await asked;
  // The function goes on and settles.
  while (system.logs.length === 0) await new Promise(setImmediate);
  return '-';
}

const bedrockException = (name: ExceptionName): BedrockFault => ({ kind: 'exception', name });
const throttled = bedrockException('ThrottlingException');
const written: DynamoDbFault = { kind: 'none' };

const broken = (after: number | string, end: StreamEnd): readonly BedrockFault[] => [
  { kind: 'stream', after, end },
];

const streamCases: readonly FaultCase[] = [
  { name: 'nothing goes wrong' },
  { name: 'Bedrock throttles before the first byte, twice', bedrock: [throttled, throttled] },
  {
    name: 'Bedrock throttles with the first event',
    bedrock: broken(0, { exception: 'ThrottlingException' }),
  },
  { name: 'Bedrock fails in mid-stream', bedrock: broken(5, { exception: 'ModelStreamErrorException' }) },
  { name: 'Bedrock throttles in mid-stream', bedrock: broken(5, { exception: 'ThrottlingException' }) },
  { name: 'Bedrock is cut off in mid-stream', bedrock: broken(5, 'cut') },
  { name: 'Bedrock sends a frame that is none', bedrock: broken(5, 'garbage') },
  { name: 'Bedrock ends without saying what it counted', bedrock: broken('messageStop', 'finish') },
  {
    name: 'Bedrock falls silent in mid-stream, until the time of the function is up',
    options: shortTimeout,
    bedrock: broken(5, 'stall'),
  },
  {
    name: 'Bedrock is silent from the start, until the time of the function is up',
    options: shortTimeout,
    bedrock: [{ kind: 'stall' }],
  },
  { name: 'the function is killed in mid-stream', run: killWhileStreaming },
  { name: 'the caller hangs up in mid-stream', run: hangUpOnStream },
  { name: 'DynamoDB throttles the hold', dynamodb: [{ kind: 'exception', name: 'ThrottlingException' }] },
  { name: 'DynamoDB is cut off before it writes the settlement', dynamodb: [written, { kind: 'reset' }] },
];

const cases: readonly FaultCase[] = [
  { name: 'nothing goes wrong' },
  { name: 'Bedrock throttles, twice', bedrock: [throttled, throttled] },
  { name: 'Bedrock refuses the request', bedrock: [bedrockException('ValidationException')] },
  { name: 'Bedrock fails inside', bedrock: [bedrockException('InternalServerException')] },
  { name: 'Bedrock is cut off in mid-answer', bedrock: [{ kind: 'cut' }] },
  { name: 'Bedrock closes the connection', bedrock: [{ kind: 'reset' }] },
  { name: 'Bedrock answers something else', bedrock: [{ kind: 'body', body: '<html>' }] },
  {
    name: 'Bedrock is slower than the function may run',
    options: shortTimeout,
    bedrock: [{ kind: 'stall' }],
  },
  {
    name: 'Bedrock is down',
    run: async (system) => {
      await system.bedrock.close();
      return ask(system);
    },
  },
  {
    name: 'the function is killed between hold and settlement',
    bedrock: [{ kind: 'stall' }],
    run: killWhileAsking,
  },
  {
    name: 'the caller hangs up before the answer',
    bedrock: [{ kind: 'slow', milliseconds: 50 }],
    run: hangUp,
  },
  { name: 'DynamoDB is slow to hold', dynamodb: [{ kind: 'slow', milliseconds: 300 }] },
  { name: 'DynamoDB throttles the hold', dynamodb: [{ kind: 'exception', name: 'ThrottlingException' }] },
  { name: 'DynamoDB is cut off before it writes the hold', dynamodb: [{ kind: 'reset' }] },
  { name: 'DynamoDB writes the hold, and its answer is lost', dynamodb: [{ kind: 'reset-after' }] },
  { name: 'DynamoDB never answers the hold', dynamodb: [{ kind: 'stall' }] },
  {
    name: 'DynamoDB throttles the settlement',
    dynamodb: [written, { kind: 'exception', name: 'ProvisionedThroughputExceededException' }],
  },
  { name: 'DynamoDB is cut off before it writes the settlement', dynamodb: [written, { kind: 'reset' }] },
  {
    name: 'DynamoDB writes the settlement, and its answer is lost',
    dynamodb: [written, { kind: 'reset-after' }],
  },
  {
    name: 'DynamoDB never answers the settlement',
    options: shortTimeout,
    dynamodb: [written, { kind: 'stall' }],
  },
];

/** What is recorded of a call: the true cost, all that it held, or nothing. */
function charge(recorded: number, billed: number, held: number): string {
  if (recorded === 0) return 'nothing';
  if (recorded === billed) return 'the true cost';
  return recorded === held ? 'the whole hold' : `${recorded} tokens`;
}

// 18 bytes of question, 32 and 16 tokens for a template, 200 tokens of answer.
const held = 18 + 32 + 16 + 200;

/** One row of the document, after what it says was checked. */
async function rowOf(faultCase: FaultCase, send: typeof ask): Promise<string> {
  const { name, options, bedrock = [], dynamodb = [], run = send } = faultCase;
  const system = await startSystem('counted', options);
  system.bedrock.failNext(...bedrock);
  system.dynamodb.failNext(...dynamodb);
  const outcome = await run(system);
  const { inputTokens, outputTokens } = system.bedrock.billed;
  const billed = inputTokens + outputTokens;
  const { limits } = await system.client('thrifty-key').client.usage();
  const recorded = limits[0]?.used ?? Number.NaN;
  expect(recorded, name).toBeGreaterThanOrEqual(billed);
  expect(recorded, name).toBeLessThanOrEqual(2000);
  return `| ${name} | ${outcome} | ${billed === 0 ? 'no' : 'yes'} | ${charge(recorded, billed, held)} |`;
}

async function tableOf(faultCases: readonly FaultCase[], send: typeof ask): Promise<string[]> {
  const rows: string[] = [];
  for (const faultCase of faultCases) rows.push(await rowOf(faultCase, send));
  return [
    '| what happens | the caller gets | billed by Bedrock | charged to the team |',
    '| --- | --- | --- | --- |',
    ...rows,
  ];
}

test('in every fault, what is recorded is at least what Bedrock billed, and the document says so', async () => {
  const text = [
    '# Limits under faults',
    '',
    'What becomes of one attempt, and of its charge, when something fails. Every row was run through the whole path, HTTP',
    'to simulated Bedrock; in each, what is recorded is at least what Bedrock billed. This page is written by',
    '`packages/infra/e2e/nothing-escapes.test.ts`, which fails where it is not true (`UPDATE_DOCS=1` writes it anew).',
    '',
    '## Answers that come whole',
    '',
    ...(await tableOf(cases, ask)),
    '',
    '## Streams',
    '',
    'A stream has exactly one end, `done` or `error`; without one it has failed.',
    '',
    ...(await tableOf(streamCases, stream)),
    '',
    '## What is charged',
    '',
    'The whole hold is the worst case that the call was let through with: the bytes of its text, a few tokens for the',
    'chat template, and its `maxTokens`. It stays charged wherever nobody can know what Bedrock billed. The error is',
    'always on the safe side.',
    '',
  ].join('\n');
  if (process.env['UPDATE_DOCS']) await writeFile(document, text);
  expect(await readFile(document, 'utf8')).toBe(text);
}, 120_000);
