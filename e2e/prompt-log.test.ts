import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type ReceivedObject, type S3Options, startS3 } from '@org/local/s3';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import { pngOf } from './files.ts';
import { startSystem } from './harness.ts';

/** The config `company`, which keeps the calls of the plan `staff`, and the objects that arrived. */
async function startLogged(meet: NonNullable<S3Options['meet']> = async () => undefined) {
  const directory = await mkdtemp(join(tmpdir(), 'prompts-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const objects: ReceivedObject[] = [];
  const s3 = await startS3({
    directory,
    meet: (object) => {
      objects.push(object);
      return meet(object);
    },
  });
  onTestFinished(() => s3.close());
  const system = await startSystem('company', { s3 });
  const untilArrived = async (count: number) => {
    while (objects.length < count) await setImmediate();
  };
  const records = () => objects.map(({ body }) => z.parse(Recorded, JSON.parse(body.toString())));
  return { ...system, directory, objects, records, untilArrived };
}

const Recorded = z.looseObject({ requestId: z.string(), team: z.string() });

const model = 'claude-haiku-4.5';

test('each call of a logged plan becomes one object, through every API, whole or streamed; other plans have none', async () => {
  const { ask, stream, send, keyValue, gateway, bedrock, records, objects, untilArrived, directory } =
    await startLogged();
  const key = keyValue('staff-key');
  await ask('search-key');
  const png = pngOf(8, 8);
  bedrock.answerNext({ deltas: ['A bad ', 'place.'] }, { deltas: ['Bleak.'] }, { deltas: ['Grim.'] });
  const whole = await send({
    key,
    body: {
      model,
      system: 'Be brief.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is a dystopia?' },
            { type: 'image', format: 'png', data: png.toString('base64') },
          ],
        },
      ],
    },
  });
  expect(whole.status).toBe(200);
  await untilArrived(1);
  await (await stream('staff-key', { model })).rest();
  await untilArrived(2);
  const messages = await send({
    path: '/v1/messages',
    key,
    body: {
      ...{ model, max_tokens: 100, stream: true },
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'image',
              source: { type: 'base64', media_type: 'image/png', data: png.toString('base64') },
            },
            { type: 'text', text: 'And this?' },
          ],
        },
      ],
    },
  });
  expect(messages.status).toBe(200);
  await untilArrived(3);

  const facts = {
    ...{ time: '2026-11-22T12:00:00.000Z', team: 'staff', plan: 'staff', model },
    ...{ status: 200, stopReason: 'end_turn', usage: { inputTokens: expect.any(Number) } },
    ...{ costUsd: expect.any(Number), charged: { requests: 1 } },
  };
  const text = (said: string) => ({ blocks: [{ type: 'text', text: said }] });
  expect(records()).toMatchObject([
    {
      ...facts,
      ...{ requestId: whole.headers.get('x-request-id'), operation: 'ask', door: 'native' },
      request: {
        system: [{ type: 'text', text: 'Be brief.' }],
        messages: [
          {
            role: 'user',
            blocks: [
              { type: 'text', text: 'What is a dystopia?' },
              { type: 'image', format: 'png', bytes: png.length },
            ],
          },
        ],
      },
      answer: text('A bad place.'),
    },
    { ...facts, operation: 'stream', answer: text('Bleak.') },
    {
      ...facts,
      ...{ operation: 'messages', door: 'anthropic' },
      request: {
        body: {
          messages: [
            {
              role: 'user',
              content: [
                { source: { type: 'base64', media_type: 'image/png', data: png.length } },
                { text: 'And this?' },
              ],
            },
          ],
        },
      },
      answer: text('Grim.'),
    },
  ]);
  expect(JSON.stringify(records())).not.toContain(key);
  const [{ requestId } = { requestId: '' }] = records();
  expect(objects[0]?.key).toBe(`calls/team=staff/day=2026-11-22/${requestId}.json`);
  const kept = await readFile(join(directory, gateway.buckets[0]?.name ?? '', objects[0]?.key ?? ''));
  expect(kept).toEqual(objects[0]?.body);
});

test('a call that fails is kept with its code; one that a limit or a check refuses never got to a model', async () => {
  const { ask, bedrock, records, untilArrived } = await startLogged();
  expect((await ask('staff-key', { model: 'titan-embed-v2' })).status).toBe(403);
  const fault = { kind: 'exception', name: 'ModelErrorException', message: 'No.' } as const;
  bedrock.failNext(fault);
  expect((await ask('staff-key', { model })).status).toBe(502);
  await untilArrived(1);
  const [record] = records();
  expect(record).toMatchObject({ status: 502, code: 'upstream_error', request: { kind: 'chat' } });
  expect(record).not.toHaveProperty('answer');
});

test('what S3 refuses is tried again, and then is a line and a metric, without content; the caller has the answer', async () => {
  const { ask, logs, untilArrived } = await startLogged(async () => ({ code: 'AccessDenied', status: 403 }));
  const reply = await ask('staff-key', { model, question: 'A secret?' });
  expect(reply.status).toBe(200);
  await untilArrived(2);
  const lost = () => logs.find((line) => line.includes('"prompt-log"'));
  while (!lost()) await setImmediate();
  expect(JSON.parse(lost() ?? '')).toEqual({
    timestamp: expect.any(String),
    level: 'ERROR',
    message: 'prompt-log',
    requestId: reply.headers.get('x-request-id'),
    failure: 'AccessDenied',
    PromptsNotKept: 1,
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'company-dev',
          Dimensions: [[]],
          Metrics: [{ Name: 'PromptsNotKept', Unit: 'Count' }],
        },
      ],
    },
  });
  expect(logs.join('\n')).not.toContain('secret');
});

test('the last byte of an answer goes out before its object is written', async () => {
  const written = Promise.withResolvers<undefined>();
  const { ask, stream, objects, untilArrived } = await startLogged(() => written.promise);
  // Each answer is complete while its write hangs.
  expect((await ask('staff-key', { model })).status).toBe(200);
  await (await stream('staff-key', { model })).rest();
  await untilArrived(2);
  expect(objects).toHaveLength(2);
  written.resolve(undefined);
});
