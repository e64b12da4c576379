import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { answer } from './loopback-server.ts';

const file = (name: string) => new URL(`../dist/${name}`, import.meta.url);

type Package = typeof import('./index.ts');
let esm: Package;
let cjs: Package;

// The published files, which `turbo run test` builds first. By a URL, so that types need no build.
beforeAll(async () => {
  esm = await import(file('index.js').href);
  cjs = createRequire(import.meta.url)('../dist/index.cjs');
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

  test('needs no other package', async () => {
    const code = await readFile(file(name), 'utf8');
    expect(code).not.toMatch(/\b(?:from|require\(|import\()\s*["']/);
    expect(code).not.toMatch(/\bimport\s*["']/);
    expect(manifest).not.toHaveProperty('dependencies');
  });
});

test.each(['index.d.ts', 'index.d.cts'])('%s names neither zod nor the contract', async (name) => {
  const documented = await readFile(file(name), 'utf8');
  const types = documented.replaceAll(/\/\*.*?\*\//gs, '');
  expect(types).not.toMatch(/from ['"]|import\(|<reference|ZodMini/);
});

// ky is 25 KB of it, zod/mini with the contract's schemas 22 KB.
test('the package stays small', async () => {
  const code = await readFile(file('index.js'));
  expect(code.byteLength).toBeLessThan(70_000);
  expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThan(23_500);
});
