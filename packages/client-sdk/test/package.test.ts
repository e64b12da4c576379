import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect, promisify } from 'node:util';
import { compileFunction, createContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { answer } from './loopback-server.ts';

const file = (name: string) => new URL(`../dist/${name}`, import.meta.url);

type Package = typeof import('../src/index.ts');
type Testing = typeof import('../src/testing/index.ts');
let esm: Package;
let cjs: Package;
let testing: Testing;
let testingCjs: Testing;
/** What a program that is bundled and minified has of the package. */
let bundled: Package;
let bundle: string;

// The published files, which `turbo run test` builds first. By a URL, so that types need no build.
beforeAll(async () => {
  bundle = join(await mkdtemp(join(tmpdir(), 'bedrock-client-')), 'index.mjs');
  await build({
    config: false,
    silent: true,
    entry: [fileURLToPath(file('index.js'))],
    outDir: dirname(bundle),
    outExtension: () => ({ js: '.mjs' }),
    format: 'esm',
    target: 'node22',
    minify: true,
  });
  bundled = await import(pathToFileURL(bundle).href);
  esm = await import(file('index.js').href);
  testing = await import(file('testing/index.js').href);
  const require = createRequire(import.meta.url);
  cjs = require('../dist/index.cjs');
  testingCjs = require('../dist/testing/index.cjs');
});

afterAll(() => rm(dirname(bundle), { recursive: true }));

test('both files export the same', () => {
  expect(Object.keys(cjs).sort()).toEqual(Object.keys(esm).sort());
  expect(cjs.createBedrockClient).not.toBe(esm.createBedrockClient);
});

test('an error of one copy is an instance of the class of another, minified or not, and of no sibling', () => {
  for (const copy of [cjs, bundled]) {
    const error = new copy.QuotaExceededError({ message: 'Used up.' });
    expect(error).toBeInstanceOf(esm.QuotaExceededError);
    expect(error).toBeInstanceOf(esm.BedrockProxyError);
    expect(error).not.toBeInstanceOf(esm.RateLimitedError);
    expect(esm.isBedrockProxyError(error)).toBe(true);
    expect(error.name).toBe('QuotaExceededError');
  }
});

test('names every class of errors after itself, in what is logged too, and minified', () => {
  for (const exported of [esm, cjs, bundled]) {
    const classes = Object.entries(exported).filter(([key]) => /^[A-Z].*Error$/.test(key));
    expect(classes).toHaveLength(20);
    expect(classes.map(([, { name }]) => name)).toEqual(classes.map(([key]) => key));
    const error = new exported.QuotaExceededError({ message: 'Used up.' });
    expect(inspect(error)).toMatch(/^QuotaExceededError: Used up\.\n {4}at /);
  }
});

describe.each(['index.js', 'index.cjs'])('%s', (name) => {
  test.each([
    [
      'ConfigurationError: baseUrl is not set. Pass it, or set BEDROCK_PROXY_URL.',
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
  ])('shows an uncaught error in a few lines: %s', async (start, code) => {
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

test.each(files.flatMap((name) => [`${name}.js`, `${name}.cjs`]))('%s can be read', async (name) => {
  const code = await readFile(file(name), 'utf8');
  expect(code).toContain('\n// src/call/transport.ts\n');
  expect(code).toContain('\nfunction decideRetry(');
});

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

/** What exported types are made of, and no caller needs by name. */
const parts = [
  'AskCapability',
  'AskRequest',
  'CodesOf',
  'EmbedRequest',
  'LimitKind',
  'LimitPeriod',
  'LimitScope',
  'LimitStatus',
  'OfConversation',
  'SentErrorClass',
  'SentErrorCode',
  'Standing',
  'StreamPiece',
  'ToolOptions',
  'errorClasses',
  'limitKinds',
  'limitPeriods',
  'limitScopes',
];
const partsOfKit = [
  ...['AvailableModels', 'ExcessDetails', 'OutputDetails', 'QuotaDetails', 'RateDetails', 'RequestIssues'],
  'UnsupportedDetails',
];

test.each(['index.d.ts', 'index.d.cts'])(
  '%s exports every type that it names, but for parts',
  async (name) => {
    const exported = namesIn(await readFile(file(name), 'utf8'));
    expect(exported.all.filter((type) => !exported.public.has(type)).sort()).toEqual(parts);
    const kit = namesIn(await readFile(file(`testing/${name}`), 'utf8'));
    const known = new Set([...kit.public, ...exported.public, ...parts]);
    expect(kit.all.filter((type) => !known.has(type)).sort()).toEqual(partsOfKit);
  },
);

/** What a file of types declares, and what it exports of that. */
function namesIn(types: string): { all: readonly string[]; public: ReadonlySet<string> } {
  const all = types.matchAll(/^(?:declare )?(?:abstract )?(?:interface|type|class|const|function) (\w+)/gm);
  const lists = types.matchAll(/^export (?:type )?\{(.*?)\}/gm);
  return {
    all: [...all].map(([, name = '']) => name),
    public: new Set([...lists].flatMap(([, list = '']) => list.match(/\w+/g) ?? [])),
  };
}

test('the test kit fails as the package does, in either format', async () => {
  for (const { createMockClient, createMockProxy } of [testing, testingCjs]) {
    const result = await createMockClient(createMockProxy().error('quota_exceeded')).safeAsk('llama', 'Hi');
    expect(result.error).toBeInstanceOf(esm.QuotaExceededError);
    expect(result.error).toBeInstanceOf(cjs.QuotaExceededError);
  }
});

test('npm pack finds the licence, as pnpm does in the folder above', async () => {
  const licence = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
  expect(await licence('../LICENSE')).toBe(await licence('../../../LICENSE'));
});

test('npm pack builds first, so that no clone makes an empty package', () => {
  expect(manifest).toMatchObject({
    files: ['dist', 'docs', 'examples', 'THIRD-PARTY-NOTICES.txt'],
    scripts: { prepack: 'tsup' },
  });
});

test('makes no code from strings, which edge runtimes and strict pages forbid', async () => {
  const script = `import { createMockClient } from ${JSON.stringify(file('testing/index.js').href)};
    const { text } = await createMockClient().ask('llama', 'Hi');
    console.log(text);`;
  const args = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script];
  expect((await promisify(execFile)(process.execPath, args)).stdout).toBe('A mock answer.\n');
  expect(await readFile(bundle, 'utf8')).not.toMatch(/\beval\(|new Function\b/);
});

test.each(files)(
  "%s.cjs loads without the globals of the web, as in jest's jsdom, and a call says which are missing",
  async (name) => {
    const { AbortController, clearTimeout, setTimeout, URL } = globalThis;
    const parsingContext = createContext({ AbortController, clearTimeout, setTimeout, URL });
    const loaded = { exports: {} as Package & Testing };
    const code = await readFile(file(`${name}.cjs`), 'utf8');
    compileFunction(code, ['module'], { parsingContext })(loaded);

    const { createBedrockClient, createMockClient } = loaded.exports;
    const settings = { baseUrl: 'https://proxy.example', apiKey: 'key' };
    const client = name === 'index' ? createBedrockClient(settings) : createMockClient();
    const { error } = await client.safeAsk('llama', 'Hi');
    expect(error).toMatchObject({ code: 'invalid_configuration', field: 'fetch', attempts: 0 });
    expect(error?.message).toMatch(/^This runtime has no (fetch, )?Headers, .*Response/);
  },
);

// 14 KB of it are ky (decision 0013) and 20 KB zod: 5 and 7 KB compressed.
test('the package stays small in a program that is minified', async () => {
  // Anyone who renames the package may give it a longer name.
  const code = (await readFile(bundle, 'utf8')).replaceAll(manifest.name, '');
  expect(Buffer.byteLength(code)).toBeLessThan(90_000);
  expect(
    gzipSync(code, { level: 9 }).byteLength,
    'Compressed bytes. Raise the bound only for something that users need.',
  ).toBeLessThan(30_500);
});
