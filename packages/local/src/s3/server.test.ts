import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localCredentials } from '@org/admin/local-gateway';
import { createPutObject } from '@org/lambda/put-object';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, onTestFinished, test } from 'vitest';
import { startS3 } from './server.ts';

const host = 'prompts.s3.us-east-1.amazonaws.com';

async function start() {
  const directory = await mkdtemp(join(tmpdir(), 's3-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const s3 = await startS3({ directory });
  onTestFinished(() => s3.close());
  s3.addBucket({ name: 'prompts', host });
  const handler = new NodeHttpHandler();
  onTestFinished(() => handler.destroy());
  const put = (key: string, options: { host?: string; secretAccessKey?: string } = {}) => {
    const { secretAccessKey = localCredentials.secretAccessKey } = options;
    const write = createPutObject({
      host: options.host ?? host,
      endpoint: s3.url,
      region: 'us-east-1',
      credentials: { ...localCredentials, secretAccessKey },
      handler,
    });
    return write(key, Buffer.from('{}'), new AbortController().signal);
  };
  return { directory, put, url: s3.url };
}

test('a signed object becomes a file', async () => {
  const { directory, put } = await start();
  await put('calls/team=acme/day=2026-11-30/a.json');
  const file = join(directory, 'prompts/calls/team=acme/day=2026-11-30/a.json');
  expect(await readFile(file, 'utf8')).toBe('{}');
});

test.each([
  ['another secret', 'a.json', { secretAccessKey: 'other' }, 'SignatureDoesNotMatch'],
  ['another bucket', 'a.json', { host: 'other.s3.us-east-1.amazonaws.com' }, 'NoSuchBucket'],
  ['a name that leads out of the folder', 'calls/../../a.json', {}, 'InvalidURI'],
])('%s is refused', async (_fault, key, options, name) => {
  const { put } = await start();
  await expect(put(key, options)).rejects.toMatchObject({ name });
});

test('a request without a signature, and one that reads, are refused', async () => {
  const { url } = await start();
  expect((await fetch(`${url}/a.json`, { method: 'PUT', body: '{}' })).status).toBe(403);
  expect((await fetch(`${url}/a.json`)).status).toBe(405);
});
