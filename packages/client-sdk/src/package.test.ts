import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { inspect, promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { answer } from './loopback-server.ts';

const file = (name: string) => new URL(`../dist/${name}`, import.meta.url);

type Package = typeof import('./index.ts');
type Testing = typeof import('./testing/index.ts');
let esm: Package;
let cjs: Package;
let testing: Testing;
let testingCjs: Testing;

// The published files, which `turbo run test` builds first. By a URL, so that types need no build.
beforeAll(async () => {
  esm = await import(file('index.js').href);
  testing = await import(file('testing/index.js').href);
  const require = createRequire(import.meta.url);
  cjs = require('../dist/index.cjs');
  testingCjs = require('../dist/testing/index.cjs');
});

test('both files export the same', () => {
  expect(Object.keys(cjs).sort()).toEqual(Object.keys(esm).sort());
  expect(cjs.createBedrockClient).not.toBe(esm.createBedrockClient);
});

test('an error of one file is an instance of the class of the other, and of no sibling', () => {
  const error = new cjs.QuotaExceededError({ message: 'Used up.' });
  expect(error).toBeInstanceOf(esm.QuotaExceededError);
  expect(error).toBeInstanceOf(esm.BedrockProxyError);
  expect(error).not.toBeInstanceOf(esm.RateLimitedError);
  expect(esm.isBedrockProxyError(error)).toBe(true);
  expect(error.name).toBe('QuotaExceededError');
});

describe.each(['index.js', 'index.cjs'])('%s', (name) => {
  test('names every class of errors after itself, in what is logged too', () => {
    const exported = name === 'index.js' ? esm : cjs;
    const classes = Object.entries(exported).filter(([key]) => /^[A-Z].*Error$/.test(key));
    expect(classes).toHaveLength(17);
    expect(classes.map(([, { name }]) => name)).toEqual(classes.map(([key]) => key));
    const error = new exported.QuotaExceededError({ message: 'Used up.' });
    expect(inspect(error)).toMatch(/^QuotaExceededError: Used up\.\n {4}at /);
  });

  test.each([
    [
      'ConfigurationError: baseUrl is not set. Give it, or set BEDROCK_PROXY_URL.',
      'createBedrockClient({ apiKey: "key" })',
    ],
    [
      "QuotaExceededError: API Gateway's own quota for this API key is used up",
      `await createBedrockClient({
        baseUrl: 'https://proxy.example',
        apiKey: 'key',
        fetch: async () => Response.json({ message: 'Limit Exceeded' }, { status: 429 }),
      }).ask('llama', 'Hi')`,
    ],
  ])('tells of an uncaught error in a few lines: %s', async (start, code) => {
    const script = `import * as file from ${JSON.stringify(file(name).href)};
      const { createBedrockClient } = file.default ?? file;
      ${code}`;
    const ended = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: {},
    });
    const { stderr } = await ended.then(
      () => ({ stderr: '' }),
      (error: { stderr: string }) => error,
    );
    expect(stderr.split('\n').find((line) => /^\w*(?:Error| \[)/.test(line))).toContain(start);
    const [, source = '', mark = ''] = stderr.split('\n');
    // The line that throws, and the mark below it.
    expect(mark).toMatch(/^ *\^+$/);
    expect(Math.max(source.length, mark.length)).toBeLessThan(250);
  });

  test('answers, and says its version', async () => {
    const { createBedrockClient } = name === 'index.js' ? esm : cjs;
    let said: string | undefined;
    const client = createBedrockClient({
      baseUrl: 'https://proxy.example/dev',
      apiKey: 'key',
      fetch: async (_, { headers }) => {
        said = headers['x-bedrock-client'];
        return Response.json(answer);
      },
    });
    expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'A bad place.' });
    expect(said).toContain(`ts/${manifest.version};`);
  });
});

const files = ['index', 'testing/index'];

test.each(files.flatMap((name) => [`${name}.js`, `${name}.cjs`]))('%s needs no other file', async (name) => {
  const code = await readFile(file(name), 'utf8');
  expect(code).not.toMatch(/\b(?:from|require\(|import\()\s*["']/);
  expect(code).not.toMatch(/\bimport\s*["']/);
  expect(manifest).not.toHaveProperty('dependencies');
});

test.each(files.flatMap((name) => [`${name}.d.ts`, `${name}.d.cts`]))(
  '%s names neither zod nor the contract',
  async (name) => {
    const documented = await readFile(file(name), 'utf8');
    const types = documented.replaceAll(/\/\*.*?\*\//gs, '');
    expect(types).not.toMatch(/from ['"]|import\(|<reference|ZodMini/);
  },
);

test('the test kit fails as the package does, in either format', async () => {
  for (const { createMockClient, createMockProxy } of [testing, testingCjs]) {
    const result = await createMockClient(createMockProxy().error('quota_exceeded')).safeAsk('llama', 'Hi');
    expect(result.error).toBeInstanceOf(esm.QuotaExceededError);
    expect(result.error).toBeInstanceOf(cjs.QuotaExceededError);
  }
});

test('npm pack builds first, so that no clone makes an empty package', () => {
  expect(manifest).toMatchObject({
    files: ['dist', 'docs', 'examples', 'THIRD-PARTY-NOTICES.txt'],
    scripts: { prepack: 'tsup' },
  });
});

// ky is 14.0 KB of it, and 5.1 KB compressed (decision 0013). A longer scope than @org has room too.
test('the package stays small', async () => {
  // Whoever renames the package may give it a longer name. Its short lines are for Node: a bundler joins them again.
  const code = (await readFile(file('index.js'), 'utf8')).replaceAll(manifest.name, '').replaceAll('\n', '');
  expect(Buffer.byteLength(code)).toBeLessThan(40_000);
  expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThan(15_700);
});
