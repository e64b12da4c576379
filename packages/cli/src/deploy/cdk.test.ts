import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { cdk } from './cdk.ts';

const typed = { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' };

test.each([
  ['gets the credentials that a typed code gave', typed, ['ASIA', 's', 't', undefined]],
  ['finds those of the profile otherwise', undefined, ['', '', undefined, 'admin']],
])('the CDK %s', async (_, given, expected) => {
  const directory = await mkdtemp(join(tmpdir(), 'cdk-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  onTestFinished(() => void vi.unstubAllEnvs());
  // Runs in the process of the CDK, in its place.
  const spy = join(directory, 'spy.mjs');
  await writeFile(
    spy,
    `import { writeFileSync } from 'node:fs';
     writeFileSync('environment.json', JSON.stringify(process.env));
     process.exit(0);`,
  );
  const variables = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: 'admin' };
  for (const [name, value] of Object.entries({ ...variables, NODE_OPTIONS: `--import ${spy}` }))
    vi.stubEnv(name, value);
  vi.stubEnv('AWS_SESSION_TOKEN', undefined);
  await cdk(['diff', 'stack'], directory, 'eu-west-1', given);
  const found = JSON.parse(await readFile(join(directory, 'environment.json'), 'utf8'));
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = found;
  expect([id, secret, token, found.AWS_PROFILE]).toEqual(expected);
  expect(found.AWS_REGION).toBe('eu-west-1');
});
